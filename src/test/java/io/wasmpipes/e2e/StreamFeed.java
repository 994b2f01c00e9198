package io.wasmpipes.e2e;

import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import io.wasmpipes.support.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/** Publishes to a stream; acknowledged is what the stream has stored, once however often it was sent. */
final class StreamFeed extends Feed {
    private static final int AHEAD = 3000;

    private final Nats nats;
    private final String sink;
    private final ReentrantLock looking = new ReentrantLock();
    private long limit;

    /** Stays at most some thousand messages ahead of what {@code sink} holds. */
    StreamFeed(Nats nats, String sink, int messages) {
        super(messages);
        this.nats = nats;
        this.sink = sink;
    }

    @Override
    void makeRoom(int number) throws InterruptedException {
        looking.lockInterruptibly(); // one at a time asks
        try {
            if (number >= limit) {
                Await.until("the pipe comes after", () -> {
                    limit = nats.count(sink) + AHEAD;
                    return number < limit;
                });
            }
        } finally {
            looking.unlock();
        }
    }

    @Override
    boolean send(int number, String body) throws InterruptedException {
        PublishOptions once =
                PublishOptions.builder().messageId(Integer.toString(number)).build();
        try {
            nats.jetStream().publish("in.number", body.getBytes(StandardCharsets.UTF_8), once);
            return true;
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
            return false; // the server is away
        }
    }
}
