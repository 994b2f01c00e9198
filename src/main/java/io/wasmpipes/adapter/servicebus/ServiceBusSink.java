package io.wasmpipes.adapter.servicebus;

import com.azure.core.util.BinaryData;
import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusMessageBatch;
import com.azure.messaging.servicebus.ServiceBusSenderAsyncClient;
import com.azure.messaging.servicebus.models.CreateMessageBatchOptions;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches, each thread's one after the other: a batch is sent when the one before it is accepted. Confirmed means that
 * the service has accepted the batch.
 */
final class ServiceBusSink implements Sink {
    private static final int ROOM_KIB = 64 << 10;

    /** The service takes no larger batch, even where it takes larger messages. */
    private static final int LARGEST_BATCH = 1 << 20;

    /** A sender and the largest message its link takes. */
    private record Target(ServiceBusSenderAsyncClient sender, int largest) {}

    private final ServiceBusSettings settings;
    private final Clients clients;
    private final Semaphore room = new Semaphore(ROOM_KIB);
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable Target current;
    private volatile boolean closed;

    @SuppressWarnings("ThreadLocalUsage") // one chain per thread and sink
    private final ThreadLocal<@Nullable Sent> last = new ThreadLocal<>();

    ServiceBusSink(ServiceBusSettings settings) {
        this.settings = settings;
        this.clients = new Clients(settings);
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        open();
    }

    private Target open() throws TransientException, InterruptedException {
        Target target = current;
        if (target != null) {
            return target;
        }
        if (!opening.tryLock(Clients.CONNECT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw TransientException.outage(settings + " does not answer");
        }
        try {
            target = current;
            if (target == null) {
                target = fresh();
                current = target;
            }
            return target;
        } finally {
            opening.unlock();
        }
    }

    private Target fresh() throws TransientException, InterruptedException {
        if (closed) {
            throw TransientException.outage("the connection to " + settings + " is closed");
        }
        Duration left = clients.knock();
        ServiceBusSenderAsyncClient sender = clients.sender();
        boolean done = false;
        try {
            int largest = clients.await(sender.createMessageBatch(), left).getMaxSizeInBytes();
            done = true;
            return new Target(sender, largest);
        } finally {
            if (!done) {
                end(sender);
            }
        }
    }

    private static void end(ServiceBusSenderAsyncClient sender) {
        Thread.ofVirtual().name("service-bus-end").start(sender::close);
    }

    /** After a failure the next call begins anew, with the login as it is then. */
    private void drop(Target target) {
        opening.lock();
        try {
            if (target.equals(current)) {
                current = null;
                end(target.sender());
            }
        } finally {
            opening.unlock();
        }
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        Sent known = last.get();
        Sent previous = known == null || known.awaited() ? null : known;
        long bytes = messages.stream().mapToLong(Message::size).sum();
        int kib = (int) Math.min(ROOM_KIB, 1 + bytes / 1024);
        room.acquire(kib); // comes back in time: every batch under way has a bound
        Sent sent = new Sent(List.copyOf(messages), previous, this::carry, () -> room.release(kib));
        last.set(sent);
        Thread.ofVirtual().name("service-bus-send").start(sent);
        return sent;
    }

    private List<Outcome> carry(List<Message> messages) throws InterruptedException {
        Outcome[] outcomes = new Outcome[messages.size()];
        try {
            Target target = open();
            try {
                carry(messages, outcomes, target);
            } catch (TransientException e) {
                drop(target);
                throw e;
            }
        } catch (TransientException e) {
            for (int i = 0; i < outcomes.length; i++) {
                outcomes[i] = outcomes[i] == null ? new Outcome.Failed(e) : outcomes[i];
            }
        }
        return Arrays.asList(outcomes);
    }

    private void carry(List<Message> messages, @Nullable Outcome[] outcomes, Target target)
            throws TransientException, InterruptedException {
        Load load = new Load(target);
        for (int i = 0; i < messages.size(); i++) {
            try {
                ServiceBusMessage packed = Wire.pack(messages.get(i));
                if (!load.add(packed, i)) {
                    load.go(outcomes);
                    load = new Load(target);
                    if (!load.add(packed, i)) {
                        alone(packed, target);
                        outcomes[i] = Outcome.Confirmed.YES;
                    }
                }
            } catch (PoisonException e) {
                outcomes[i] = new Outcome.Failed(e);
            }
        }
        load.go(outcomes);
    }

    /**
     * One that no batch holds; large messages go only by themselves. The client's way for single messages is not taken: it
     * drops without a word what is a little below the limit.
     */
    private void alone(ServiceBusMessage packed, Target target)
            throws TransientException, PoisonException, InterruptedException {
        ServiceBusMessageBatch batch = clients.await(target.sender().createMessageBatch(), Clients.ANSWER);
        int size = packed.getBody().toBytes().length;
        if (!fits(batch, packed)) {
            throw new PoisonException("a body of " + size + " bytes is above the " + largestBody(packed, target)
                    + " bytes that " + settings + " takes with these headers");
        }
        try {
            clients.await(target.sender().sendMessages(batch), Clients.ANSWER);
        } catch (TransientException e) {
            if (Failures.tooLarge(e)) {
                throw new PoisonException("a body of " + size + " bytes is above what " + settings
                        + " takes, which said " + target.largest() + " bytes");
            }
            throw e;
        }
    }

    private static boolean fits(ServiceBusMessageBatch batch, ServiceBusMessage packed) {
        try {
            return batch.tryAddMessage(packed);
        } catch (RuntimeException e) { // larger than any batch
            if (Failures.tooLarge(e)) {
                return false;
            }
            throw e;
        }
    }

    /** What is left for the body: seen with a body whose length takes as many bytes to write as a large one's. */
    private int largestBody(ServiceBusMessage packed, Target target) throws TransientException, InterruptedException {
        int probe = 256;
        ServiceBusMessage small = new ServiceBusMessage(BinaryData.fromBytes(new byte[probe]));
        small.getApplicationProperties().putAll(packed.getApplicationProperties());
        small.setMessageId(packed.getMessageId());
        small.setSessionId(packed.getSessionId());
        ServiceBusMessageBatch batch = clients.await(target.sender().createMessageBatch(), Clients.ANSWER);
        return batch.tryAddMessage(small) ? target.largest() - batch.getSizeInBytes() + probe : 0;
    }

    /** The batch that is being filled. */
    private final class Load {
        private final Target target;
        private final ServiceBusMessageBatch batch;
        private final List<Integer> indexes = new ArrayList<>();

        Load(Target target) throws TransientException, InterruptedException {
            this.target = target;
            this.batch = clients.await(
                    target.sender()
                            .createMessageBatch(new CreateMessageBatchOptions()
                                    .setMaximumSizeInBytes(Math.min(target.largest(), LARGEST_BATCH))),
                    Clients.ANSWER);
        }

        boolean add(ServiceBusMessage packed, int index) {
            boolean fits = fits(batch, packed);
            if (fits) {
                indexes.add(index);
            }
            return fits;
        }

        void go(@Nullable Outcome[] outcomes) throws TransientException, InterruptedException {
            if (!indexes.isEmpty()) {
                clients.await(target.sender().sendMessages(batch), Clients.ANSWER);
                indexes.forEach(index -> outcomes[index] = Outcome.Confirmed.YES);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        Target target = current;
        if (target != null) {
            drop(target);
        }
    }
}
