package io.wasmpipes.adapter.nats;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.support.Status;
import io.wasmpipes.TransientException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The pull requests of one session, one at a time: what has been asked for and not come yet is never more than the last
 * demand. One thread at a time.
 */
final class Pull implements Link.Attached {
    private static final Duration MIN_EXPIRY = Duration.ofMillis(20);
    private static final long GRACE_NANOS = Duration.ofMillis(500).toNanos();

    private final Session session;
    private final Subscription inbox;
    private final String prefix;
    private final String requests;
    private final String consumer;
    private long number;
    private int outstanding;
    private long forgottenAt;
    private boolean nextIsTooLarge;

    Pull(Session session, NatsSettings.JetStream spec) {
        Connection connection = session.connection();
        this.session = session;
        this.prefix = connection.createInbox() + ".";
        this.inbox = connection.subscribe(prefix + "*");
        this.inbox.setPendingLimits(0, 0); // nothing comes unasked, and nothing may be dropped
        this.requests = "$JS.API.CONSUMER.MSG.NEXT." + spec.stream() + "." + spec.durable();
        this.consumer = spec.durable() + " of stream " + spec.stream();
    }

    @Override
    public Session session() {
        return session;
    }

    /** Whether a request is being served. Servers before 2.9.16 may let one expire without a word: then time tells. */
    boolean pending() {
        if (outstanding > 0 && System.nanoTime() - forgottenAt >= 0) {
            outstanding = 0;
        }
        return outstanding > 0;
    }

    /** Whether the last request ended because the next message is larger than it allowed. */
    boolean nextIsTooLarge() {
        return nextIsTooLarge;
    }

    /** Asks for up to {@code messages}; {@code bytes} of 0 means without a bound. */
    void ask(int messages, long bytes, Duration patience) throws TransientException {
        Duration expiry = patience.compareTo(MIN_EXPIRY) < 0 ? MIN_EXPIRY : patience;
        String bound = bytes > 0 ? ",\"max_bytes\":" + Math.min(bytes, Integer.MAX_VALUE) : "";
        String request = "{\"batch\":" + messages + ",\"expires\":" + expiry.toNanos() + bound + "}";
        number++;
        try {
            session.connection().publish(requests, prefix + number, request.getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalStateException e) {
            throw session.lost();
        }
        outstanding = messages;
        forgottenAt = System.nanoTime() + expiry.toNanos() + GRACE_NANOS;
        nextIsTooLarge = false;
    }

    /**
     * The next message; waits only while something is outstanding and only if {@code patience} is positive.
     *
     * @return null if none came, or the request has ended
     */
    @Nullable
    Message next(Duration patience) throws TransientException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                long left = end - System.nanoTime();
                Message message = inbox.nextMessage(left > 0 && outstanding > 0 ? Duration.ofNanos(left) : null);
                if (message == null) {
                    return null;
                }
                if (!message.isStatusMessage()) {
                    outstanding = Math.max(0, outstanding - 1);
                    forgottenAt = Math.max(forgottenAt, System.nanoTime() + GRACE_NANOS); // still being served
                    return message;
                }
                if (message.getSubject().equals(prefix + number)) {
                    ended(message.getStatus());
                }
            }
        } catch (IllegalStateException e) { // the subscription has ended with its session
            throw session.lost();
        }
    }

    /** The server has ended the request: 404 and 408 nothing more in time, 409 for a reason, 503 nobody serves it. */
    private void ended(Status status) throws TransientException {
        String reason = String.valueOf(status.getMessage());
        switch (status.getCode()) {
            case 100 -> {}
            case 404, 408 -> outstanding = 0;
            case 409 -> {
                outstanding = 0;
                nextIsTooLarge = reason.contains("MaxBytes");
                if (reason.contains("Consumer Deleted") || reason.contains("push based")) {
                    session.end();
                    throw TransientException.outage("consumer " + consumer + ": " + reason);
                }
            }
            default -> {
                outstanding = 0;
                session.end(); // the next session sees to the stream and the consumer again
                throw TransientException.outage(
                        "consumer " + consumer + " is not served: " + status.getCode() + " " + reason);
            }
        }
    }
}
