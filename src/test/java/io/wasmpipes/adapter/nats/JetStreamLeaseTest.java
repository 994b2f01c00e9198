package io.wasmpipes.adapter.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.StreamConfiguration;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leases of JetStream deliveries beyond what the contract asks of every adapter. */
@Timeout(180)
class JetStreamLeaseTest {
    private static final Duration ACK_WAIT = Duration.ofSeconds(1);
    private static final Demand TEN = new Demand(10, 1 << 20, true, Duration.ofSeconds(3));

    private static NatsServer server;
    private static Connection raw;

    @BeforeAll
    static void start() throws Exception {
        server = NatsServer.start();
        raw = Nats.connect(server.url());
    }

    @AfterAll
    static void stop() throws Exception {
        raw.close();
        server.close();
    }

    private static Source source(String stream, Duration leaseMax) throws Exception {
        raw.jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream)
                        .build());
        Limits limits = new Limits(1000, 1 << 20, 1 << 20, 100, leaseMax);
        String uri = "jetstream://" + stream + "?durable=d&ack_wait=" + ACK_WAIT.toMillis() + "ms";
        Endpoint endpoint = Endpoint.parse(
                        Endpoint.Role.SOURCE,
                        "SOURCE_URI",
                        uri,
                        Counterpart.variables(Map.of("NATS_SERVER_URL", server.url())),
                        new Problems())
                .orElseThrow();
        return new NatsAdapter().source(endpoint, new Context("p", limits, Path.of("."), InstantSource.system()));
    }

    private static void publish(String subject, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            raw.jetStream().publish(subject, new byte[] {(byte) i});
        }
    }

    private static List<Delivery> take(Source source, int count) throws Exception {
        List<Delivery> taken = new ArrayList<>();
        Await.until(count + " deliveries", () -> taken.addAll(source.receive(TEN)) && taken.size() >= count);
        return taken;
    }

    @Test
    void after_lease_max_a_delivery_is_dead_and_comes_again() throws Exception {
        try (Source source = source("MAX", Duration.ofMillis(1500))) {
            source.connect();
            publish("MAX", 1);
            Delivery first = take(source, 1).getFirst();
            long start = System.nanoTime();
            Await.until("it is dead", () -> !first.live());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1400));
            Delivery second = take(source, 1).getFirst();
            assertThat(second.attempt()).isEqualTo(2);
            source.settle(List.of(new Settled(first, Settlement.Done.SILENT)));
            assertThat(second.live()).isTrue();
        }
    }

    @Test
    void what_was_asked_for_and_comes_while_nobody_receives_keeps_its_lease_too() throws Exception {
        try (Source source = source("AHEAD", Duration.ofHours(1))) {
            source.connect();
            publish("AHEAD", 1);
            List<Delivery> all = new ArrayList<>(take(source, 1)); // nine more are asked for by now
            publish("AHEAD", 9);
            long until = System.nanoTime() + ACK_WAIT.multipliedBy(3).toNanos();
            Await.until("three ack waits pass", () -> System.nanoTime() - until > 0);
            all.addAll(take(source, 9));
            assertThat(all).hasSize(10).allMatch(Delivery::live).allMatch(d -> d.attempt() == 1);
            source.settle(all.stream()
                    .map(d -> new Settled(d, Settlement.Done.SILENT))
                    .toList());
        }
        assertThat(raw.jetStreamManagement().getConsumerInfo("AHEAD", "d").getNumAckPending())
                .isZero();
    }

    @Test
    void a_delivery_outlives_its_connection_and_is_settled_on_the_next_one() throws Exception {
        try (Source source = source("NEXT", Duration.ofHours(1))) {
            source.connect();
            publish("NEXT", 5);
            List<Delivery> taken = take(source, 5);
            server.kill();
            server.restart();
            Await.until("it is connected again", () -> {
                source.connect();
                source.settle(taken.stream()
                        .map(d -> new Settled(d, Settlement.Done.SILENT))
                        .toList());
                return true;
            });
            Await.until(
                    "nothing is unsettled",
                    () -> raw.jetStreamManagement().getConsumerInfo("NEXT", "d").getNumAckPending() == 0);
        }
    }
}
