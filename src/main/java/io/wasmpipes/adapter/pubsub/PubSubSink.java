package io.wasmpipes.adapter.pubsub;

import com.google.api.gax.grpc.GrpcCallContext;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode;
import com.google.pubsub.v1.PublishRequest;
import io.wasmpipes.Link;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Publishes to a topic. Confirmed means: the service has given the message an id. Several requests are under way at once;
 * of one ordering key only one of a call, and none follows one that has failed.
 */
final class PubSubSink implements Sink {
    private static final int MAX_UNDER_WAY = 16;
    private static final Duration ROOM = Duration.ofSeconds(10);

    private final PubSubSettings settings;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Link<Connection> link;
    private final Semaphore room = new Semaphore(MAX_UNDER_WAY);

    PubSubSink(PubSubSettings settings) {
        this.settings = settings;
        this.link = new Link<>(settings.shown(), PubSubSettings.HINT, () -> Connection.open(settings));
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        link.open();
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        Sending sending = new Sending(settings.shown(), messages.size());
        Connection connection;
        try {
            connection = link.open();
        } catch (TransientException e) {
            for (int i = 0; i < messages.size(); i++) {
                sending.fail(i, e);
            }
            return sending;
        }
        Map<String, List<Sending.Slot>> byKey = pack(messages, sending);
        boolean likely = true;
        for (Map.Entry<String, List<Sending.Slot>> each : byKey.entrySet()) {
            List<List<Sending.Slot>> batches = batches(each.getValue());
            if (each.getKey().isEmpty()) {
                for (List<Sending.Slot> batch : batches) {
                    likely = start(connection, List.of(batch), sending, likely);
                }
            } else {
                likely = start(connection, batches, sending, likely);
            }
        }
        return sending;
    }

    private Map<String, List<Sending.Slot>> pack(List<Message> messages, Sending sending) {
        Map<String, List<Sending.Slot>> byKey = new LinkedHashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            try {
                Sending.Slot slot = new Sending.Slot(i, Wire.pack(messages.get(i), settings.path(), settings.shown()));
                byKey.computeIfAbsent(slot.packet().getOrderingKey(), key -> new ArrayList<>())
                        .add(slot);
            } catch (PoisonException e) {
                sending.fail(i, e);
            }
        }
        return byKey;
    }

    private List<List<Sending.Slot>> batches(List<Sending.Slot> slots) {
        List<List<Sending.Slot>> batches = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < slots.size(); i++) {
            long size = Wire.size(settings.path(), slots.get(i).packet());
            if (i > from && (i - from >= settings.batch() || bytes + size > Wire.MAX_REQUEST)) {
                batches.add(slots.subList(from, i));
                from = i;
                bytes = 0;
            }
            bytes += size;
        }
        batches.add(slots.subList(from, slots.size()));
        return batches;
    }

    /**
     * Sends batches one after the other, on a thread of their own; false if there was no room in time, nor is
     * {@code likely} to be for the rest of the call.
     */
    private boolean start(Connection connection, List<List<Sending.Slot>> batches, Sending sending, boolean likely)
            throws InterruptedException {
        if (!room.tryAcquire(likely ? ROOM.toMillis() : 0, TimeUnit.MILLISECONDS)) {
            batches.forEach(batch ->
                    sending.fail(batch, TransientException.outage(settings.shown() + " does not answer in time")));
            return false;
        }
        try {
            threads.execute(() -> {
                try {
                    publish(connection, batches, sending);
                } finally {
                    room.release();
                }
            });
        } catch (RejectedExecutionException e) {
            room.release();
            batches.forEach(batch -> sending.fail(batch, closed()));
        }
        return true;
    }

    private TransientException closed() {
        return TransientException.outage("the connection to " + settings.shown() + " is closed");
    }

    /** Publishes batches in order; false if something may be sent again. */
    private boolean publish(Connection connection, List<List<Sending.Slot>> batches, Sending sending) {
        boolean broken = false;
        for (List<Sending.Slot> batch : batches) {
            if (broken || sending.late()) {
                sending.fail(batch, TransientException.outage("an earlier message of its key is not confirmed"));
            } else {
                try {
                    broken = !publishBatch(connection, batch, sending);
                } catch (InterruptedException e) {
                    broken = true;
                    sending.fail(batch, closed());
                }
            }
        }
        return !broken;
    }

    /** Publishes one batch, or where the service refuses it as a whole its halves; false if something may be sent again. */
    private boolean publishBatch(Connection connection, List<Sending.Slot> batch, Sending sending)
            throws InterruptedException {
        PublishRequest.Builder request = PublishRequest.newBuilder().setTopic(settings.path());
        batch.forEach(slot -> request.addMessages(slot.packet()));
        try {
            Connection.get(connection
                    .publisher()
                    .publishCallable()
                    .futureCall(
                            request.build(), GrpcCallContext.createDefault().withTimeoutDuration(Connection.REQUEST)));
            sending.confirm(batch);
            return true;
        } catch (ApiException e) {
            return refused(connection, batch, sending, e);
        } catch (IllegalStateException e) { // closed meanwhile
            sending.fail(batch, closed());
            return false;
        }
    }

    /** In a method of its own: after long good times the compiled code of the caller took a whole batch for one message. */
    private boolean refused(Connection connection, List<Sending.Slot> batch, Sending sending, ApiException e) {
        boolean invalid = Failures.code(e) == StatusCode.Code.INVALID_ARGUMENT;
        if (invalid && batch.size() > 1) {
            int half = batch.size() / 2;
            List<List<Sending.Slot>> halves = List.of(batch.subList(0, half), batch.subList(half, batch.size()));
            return publish(connection, halves, sending);
        }
        connection.connectAtOnce();
        if (Failures.ofTheConnection(e)) {
            connection.close(); // the next one logs in anew
        }
        sending.fail(batch, Failures.ofMessage(settings.shown(), e));
        return invalid;
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
