package io.wasmpipes.adapter.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PullTest {
    @Test
    void a_request_that_the_server_forgets_does_not_block_the_next_one() throws Exception {
        try (NatsServer server = NatsServer.start()) {
            Problems problems = new Problems();
            Endpoint endpoint = Endpoint.parse(
                            Endpoint.Role.SOURCE,
                            "SOURCE_URI",
                            "jetstream://S?durable=forgetful",
                            Counterpart.variables(Map.of("NATS_SERVER_URL", server.url())),
                            problems)
                    .orElseThrow();
            NatsSettings settings = NatsSettings.parse(endpoint, "pipe", problems);
            Session session = Session.open(settings.servers(), "pull", false, new SlowConsumerLog());
            try {
                // stands for a consumer that takes requests and never says anything
                session.connection().createDispatcher(_ -> {}).subscribe("$JS.API.CONSUMER.MSG.NEXT.S.forgetful");
                Pull pull = new Pull(session, settings.jetStream());
                pull.ask(10, 0, Duration.ofMillis(50));
                assertThat(pull.next(Duration.ofMillis(10))).isNull();
                assertThat(pull.pending()).isTrue();
                Await.until("it is given up", () -> !pull.pending());
            } finally {
                session.close();
            }
        }
    }
}
