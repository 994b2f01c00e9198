import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.wasmpipes.support.NatsServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A nats-server, with or without streams. */
record NatsRig(NatsServer server, boolean jetstream) implements Rig {
    private static final String IN = "bench.in";
    private static final String OUT = "bench.out";

    static NatsRig start(boolean jetstream) throws Exception {
        NatsRig rig = new NatsRig(NatsServer.start(), jetstream);
        if (jetstream) {
            rig.streams();
        }
        return rig;
    }

    private void streams() throws Exception {
        try (Connection nc = Nats.connect(server.url())) {
            JetStreamManagement manage = nc.jetStreamManagement();
            for (String name : new String[] {"in", "out"}) {
                manage.addStream(StreamConfiguration.builder()
                        .name(name.toUpperCase())
                        .subjects("bench." + name)
                        .storageType(StorageType.File)
                        .build());
            }
        }
    }

    @Override
    public int window() {
        return 1000;
    }

    @Override
    public boolean keeps() {
        return jetstream;
    }

    @Override
    public Port open(boolean direct) throws Exception {
        Connection nc = Nats.connect(server.url());
        JetStream js = jetstream ? nc.jetStream() : null;
        String to = direct ? OUT : IN;
        return new Port() {
            @Override
            public void publish(int number, byte[] payload) {
                if (js != null) {
                    js.publishAsync(to, payload);
                } else {
                    nc.publish(to, payload);
                }
            }

            @Override
            public void listen(Consumer<byte[]> listener) throws Exception {
                Dispatcher out = nc.createDispatcher(message -> listener.accept(message.getData()));
                out.setPendingLimits(-1, -1);
                out.subscribe(OUT);
                nc.flush(Duration.ofSeconds(5));
            }

            @Override
            public void close() throws Exception {
                nc.close();
            }
        };
    }

    @Override
    public List<String> raw() {
        return List.of("RawNats", server.url(), jetstream ? "jetstream" : "core");
    }

    @Override
    public Map<String, String> pipe() {
        return Map.of(
                "NATS_SERVER_URL", server.url(),
                "SOURCE_URI", jetstream ? "jetstream://IN?subject=bench.in&durable=pipe" : "nats://bench.in",
                "SINK_URI", jetstream ? "jetstream://OUT?subject=bench.out" : "nats://bench.out");
    }

    @Override
    public void close() {
        server.close();
    }
}
