package io.wasmpipes.adapter.nats;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.wasmpipes.Context;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Problems;
import io.wasmpipes.Source;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(180)
class SlowConsumerTest {
    @Test
    void what_exceeds_the_buffer_is_dropped_and_told_once() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(SlowConsumerLog.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        Limits limits = new Limits(10, 100_000, 1 << 20, 10, Duration.ofHours(1));
        try (NatsServer server = NatsServer.start();
                Source source = new NatsAdapter()
                        .source(
                                Endpoint.parse(
                                                Endpoint.Role.SOURCE,
                                                "SOURCE_URI",
                                                "nats://slow",
                                                Counterpart.variables(Map.of("NATS_SERVER_URL", server.url())),
                                                new Problems())
                                        .orElseThrow(),
                                new Context("p", limits, Path.of("."), InstantSource.system()))) {
            Connection raw = Nats.connect(server.url());
            source.connect();
            for (int i = 0; i < 500; i++) {
                raw.publish("slow", new byte[1000]);
            }
            raw.flush(Await.PATIENCE);
            raw.close();
            Await.until("it is told", () -> !lines.list.isEmpty());
            assertThat(source.lag().orElseThrow()).as("buffered").isBetween(90L, 110L);
            int[] got = new int[1];
            Await.until("the buffer is empty", () -> {
                int now = source.receive(new Demand(1000, 1 << 20, true, Duration.ofMillis(200)))
                        .size();
                got[0] += now;
                return got[0] > 0 && now == 0;
            });
            assertThat(got[0]).as("of 500, the rest is dropped").isBetween(90, 499);
            assertThat(lines.list).hasSize(1);
            assertThat(lines.list.getFirst().getFormattedMessage()).contains("dropped=", "JetStream can");
        } finally {
            logger.detachAppender(lines);
        }
    }
}
