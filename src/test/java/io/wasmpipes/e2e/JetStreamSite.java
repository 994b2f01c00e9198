package io.wasmpipes.e2e;

import io.nats.client.api.PublishAck;
import io.wasmpipes.support.NatsServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A stream to read from, with a short ack wait. */
final class JetStreamSite implements Site {
    private final NatsServer server;
    private final Nats nats;

    JetStreamSite(NatsServer server) throws Exception {
        this.server = server;
        this.nats = new Nats(server);
        nats.stream("IN", "in.>");
    }

    @Override
    public Map<String, String> asSource() {
        return Map.of("SOURCE_URI", "jetstream://IN?durable=pipe&ack_wait=2s", "SOURCE_NATS_SERVER_URL", server.url());
    }

    @Override
    public void put(List<Integer> numbers) throws Exception {
        List<CompletableFuture<PublishAck>> sent = new ArrayList<>();
        for (int number : numbers) {
            sent.add(
                    nats.jetStream().publishAsync("in.number", Feed.body(number).getBytes(StandardCharsets.UTF_8)));
        }
        for (CompletableFuture<PublishAck> each : sent) {
            each.get();
        }
    }

    @Override
    public void close() {
        nats.close();
    }
}
