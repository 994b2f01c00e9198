package io.wasmpipes.e2e;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The test's own view of a server, by the official client; it comes back by itself when the server does. */
final class Nats implements AutoCloseable {

    /** So long may a server that is being killed leave a connection or a request without an answer. */
    private static final Duration CONNECT = Duration.ofSeconds(2);

    private final Connection connection;
    private final JetStream jetStream;
    private final JetStreamManagement management;

    Nats(NatsServer server) throws IOException, InterruptedException {
        Options options = Options.builder()
                .server(server.url())
                .maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(50))
                .connectionTimeout(CONNECT)
                .errorListener(new io.nats.client.ErrorListener() {})
                .build();
        this.connection = io.nats.client.Nats.connect(options);
        this.jetStream = connection.jetStream();
        this.management = connection.jetStreamManagement();
    }

    Connection connection() {
        return connection;
    }

    JetStream jetStream() {
        return jetStream;
    }

    void stream(String name, String subjects) throws IOException, JetStreamApiException {
        management.addStream(StreamConfiguration.builder()
                .name(name)
                .subjects(subjects)
                .storageType(StorageType.File)
                .build());
    }

    void deleteStream(String name) throws IOException, JetStreamApiException {
        management.deleteStream(name);
    }

    /** How many messages a stream holds. */
    long count(String stream) throws IOException, JetStreamApiException {
        return management.getStreamInfo(stream).getStreamState().getMsgCount();
    }

    /** Waits until the server answers for this stream. */
    long awaitCount(String stream) throws InterruptedException {
        long[] count = new long[1];
        Await.until("stream " + stream + " answers", () -> {
            count[0] = count(stream);
            return true;
        });
        return count[0];
    }

    ConsumerInfo consumer(String stream, String durable) throws IOException, JetStreamApiException {
        return management.getConsumerInfo(stream, durable);
    }

    /** Every body of a stream, in order. */
    List<String> bodies(String stream, String subjects)
            throws IOException, JetStreamApiException, InterruptedException {
        long count = count(stream);
        List<String> bodies = new ArrayList<>();
        JetStreamSubscription all = jetStream.subscribe(
                subjects,
                PushSubscribeOptions.builder().stream(stream).ordered(true).build());
        while (bodies.size() < count) {
            Message next = all.nextMessage(Await.PATIENCE);
            if (next == null) {
                throw new AssertionError("stream " + stream + " tells " + bodies.size() + " of " + count);
            }
            bodies.add(new String(next.getData(), StandardCharsets.UTF_8));
        }
        all.unsubscribe();
        return bodies;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
