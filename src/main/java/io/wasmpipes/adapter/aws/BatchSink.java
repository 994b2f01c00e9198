package io.wasmpipes.adapter.aws;

import io.wasmpipes.Link;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Sends batches of up to 10 messages to a queue or topic. Confirmed means: the entry of this message was acknowledged.
 * Several batches are under way at once, except to a FIFO queue or topic: there the calls of one thread follow each
 * other, and a batch holds one message of a group, so that none overtakes another that is refused.
 */
final class BatchSink<T extends Target> implements Sink {
    private static final int MAX_ENTRIES = 10;
    private static final int MAX_UNDER_WAY = 32;
    private static final Duration ROOM = Duration.ofSeconds(10);

    private final AwsSettings settings;
    /** For calls that block: interrupting a virtual thread ends its call at once. */
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private final Link<T> link;
    private final Semaphore room = new Semaphore(MAX_UNDER_WAY);

    @SuppressWarnings("ThreadLocalUsage") // one chain per thread and sink
    private final ThreadLocal<@Nullable Sending> last = new ThreadLocal<>();

    BatchSink(AwsSettings settings, Link<T> link) {
        this.settings = settings;
        this.link = link;
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        link.open();
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        T target;
        try {
            target = link.open();
        } catch (TransientException e) {
            return remember(Sending.failed(settings.shown(), messages.size(), settings.fifo(), e));
        }
        Sending sending = new Sending(settings.shown(), messages.size(), settings.fifo());
        List<Sending.Slot> slots = pack(messages, target.place(), sending);
        if (settings.fifo()) {
            Sending previous = last.get();
            Sending before = previous == null || previous.awaited() ? null : previous;
            boolean _ = start(slots, sending, true, () -> sendInOrder(target, slots, sending, before));
        } else {
            boolean likely = true;
            for (List<Sending.Slot> batch : batches(slots, target.place())) {
                likely = start(batch, sending, likely, () -> send(target, batch, sending));
            }
        }
        return remember(sending);
    }

    private Sending remember(Sending sending) {
        if (settings.fifo()) {
            last.set(sending);
        }
        return sending;
    }

    private static List<Sending.Slot> pack(List<Message> messages, Wire.Place place, Sending sending) {
        List<Sending.Slot> slots = new ArrayList<>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            try {
                slots.add(new Sending.Slot(i, Wire.pack(messages.get(i), place)));
            } catch (PoisonException e) {
                sending.fail(i, e);
            }
        }
        return slots;
    }

    private static List<List<Sending.Slot>> batches(List<Sending.Slot> slots, Wire.Place place) {
        List<List<Sending.Slot>> batches = new ArrayList<>();
        List<Sending.Slot> left = new ArrayList<>(slots);
        while (!left.isEmpty()) {
            batches.add(take(left, place, false));
        }
        return batches;
    }

    /** Takes the next batch out of {@code left}: within the limits, and if {@code strict} at most one of a group. */
    private static List<Sending.Slot> take(List<Sending.Slot> left, Wire.Place place, boolean strict) {
        List<Sending.Slot> batch = new ArrayList<>(MAX_ENTRIES);
        Set<String> groups = new HashSet<>();
        long bytes = 0;
        for (Iterator<Sending.Slot> all = left.iterator(); all.hasNext() && batch.size() < MAX_ENTRIES; ) {
            Sending.Slot slot = all.next();
            boolean first = !strict || groups.add(String.valueOf(slot.packet().group()));
            if (first && (batch.isEmpty() || bytes + slot.packet().size() <= place.batch())) {
                batch.add(slot);
                bytes += slot.packet().size();
                all.remove();
            }
        }
        return batch;
    }

    /** Work on a virtual thread. */
    @FunctionalInterface
    private interface Work {
        void run() throws InterruptedException;
    }

    /** False if there was no room in time, nor is {@code likely} to be for the rest of the call. */
    private boolean start(List<Sending.Slot> slots, Sending sending, boolean likely, Work work)
            throws InterruptedException {
        if (!room.tryAcquire(likely ? ROOM.toMillis() : 0, TimeUnit.MILLISECONDS)) {
            sending.fail(slots, TransientException.outage(settings.shown() + " does not answer in time"));
            return false;
        }
        try {
            threads.execute(() -> {
                try {
                    work.run();
                } catch (InterruptedException e) {
                    sending.fail(slots, closed());
                } finally {
                    room.release();
                }
            });
        } catch (RejectedExecutionException e) {
            room.release();
            sending.fail(slots, closed());
        }
        return true;
    }

    private TransientException closed() {
        return TransientException.outage("the connection to " + settings.shown() + " is closed");
    }

    private void sendInOrder(T target, List<Sending.Slot> slots, Sending sending, @Nullable Sending before)
            throws InterruptedException {
        if (before != null) {
            before.awaitEnd();
        }
        boolean broken = before != null && before.broken();
        List<Sending.Slot> left = new ArrayList<>(slots);
        while (!left.isEmpty() && !broken && !sending.late()) {
            List<Sending.Slot> batch = take(left, target.place(), true);
            broken = !send(target, batch, sending);
        }
        sending.fail(left, TransientException.outage("an earlier message is not confirmed"));
    }

    /** Sends one batch, or where AWS refuses it as a whole its halves; false if something may be sent again. */
    private boolean send(T target, List<Sending.Slot> batch, Sending sending) {
        try {
            Map<Integer, Target.Refused> refused =
                    target.send(batch.stream().map(Sending.Slot::packet).toList());
            return settle(batch, refused, sending);
        } catch (AwsServiceException e) {
            Refusal why = Refusal.of(e);
            if (why.ofTheMessage() && batch.size() > 1) {
                int half = batch.size() / 2;
                boolean first = send(target, batch.subList(0, half), sending);
                return send(target, batch.subList(half, batch.size()), sending) && first;
            }
            if (why.ofTheCaller()) {
                target.close(); // the next one logs in anew
            }
            sending.fail(batch, why.failure(settings.shown(), false));
            return why.ofTheMessage();
        } catch (SdkException | IllegalStateException e) {
            sending.fail(batch, Refusal.outage(settings.shown(), e));
            return false;
        }
    }

    private boolean settle(List<Sending.Slot> batch, Map<Integer, Target.Refused> refused, Sending sending) {
        boolean whole = true;
        for (int i = 0; i < batch.size(); i++) {
            Target.Refused entry = refused.get(i);
            if (entry == null) {
                sending.confirm(batch.get(i).index());
            } else {
                var failure = entry.why().failure(settings.shown(), entry.senderFault());
                sending.fail(batch.get(i).index(), failure);
                whole &= failure instanceof PoisonException;
            }
        }
        return whole;
    }

    /** Waits for what is under way, 10 s at most. */
    @Override
    public void close() {
        try {
            if (room.tryAcquire(MAX_UNDER_WAY, ROOM.toMillis(), TimeUnit.MILLISECONDS)) {
                room.release(MAX_UNDER_WAY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
        link.close();
    }
}
