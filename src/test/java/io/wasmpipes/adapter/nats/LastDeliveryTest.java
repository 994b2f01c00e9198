package io.wasmpipes.adapter.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.Variables;
import io.wasmpipes.support.NatsServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // close() of a connection may be interrupted
class LastDeliveryTest {
    private record Server(String url) implements Variables {
        @Override
        public Optional<String> get(String name) {
            return name.equals("NATS_SERVER_URL") ? Optional.of(url) : Optional.empty();
        }

        @Override
        public String nameOf(String name) {
            return name;
        }
    }

    private static Delivery receive(Source source) throws Exception {
        while (true) {
            List<Delivery> got = source.receive(new Demand(1, 1000, true, Duration.ofSeconds(1)));
            if (!got.isEmpty()) {
                return got.getFirst();
            }
        }
    }

    @Test
    void the_delivery_after_which_max_deliver_allows_no_other_says_so() throws Exception {
        String uri = "jetstream://LAST?subject=last&durable=d&create=true&max_deliver=2";
        try (NatsServer server = NatsServer.start()) {
            Endpoint endpoint = Endpoint.parse(
                            Endpoint.Role.SOURCE, "SOURCE_URI", uri, new Server(server.url()), new Problems())
                    .orElseThrow();
            Context context = new Context("t", Limits.DEFAULT, Path.of("."), InstantSource.system());
            try (Source source = new NatsAdapter().source(endpoint, context);
                    Connection raw = Nats.connect(server.url())) {
                source.connect();
                raw.jetStream().publish("last", new byte[1]);
                Delivery first = receive(source);
                assertThat(first.last()).isFalse();
                source.settle(List.of(new Settled(first, new Settlement.Retry(Duration.ZERO, new Exception("again")))));
                assertThat(receive(source).last()).isTrue();
            }
        }
    }
}
