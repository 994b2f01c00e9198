package io.wasmpipes.adapter.servicebus;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.ServiceBusFake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions: order by key. */
@Timeout(180)
class ServiceBusSessionTest {
    private static final Duration LOCK = Duration.ofSeconds(2);

    private static ServiceBusFake fake;

    @BeforeAll
    static void start() {
        fake = ServiceBusFake.start();
    }

    @AfterAll
    static void stop() {
        fake.close();
    }

    /** Sends {@code rounds} times one message to each of {@code keys} sessions. */
    private static void send(String queue, int keys, int rounds) throws Exception {
        List<Message> messages = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (int key = 0; key < keys; key++) {
                messages.add(Message.of(Bytes.utf8("m" + round)).withKey("k" + key));
            }
        }
        try (Sink sink = Buses.sink(fake.port(), "azuresb://" + queue)) {
            assertThat(sink.send(messages).await()).allMatch(o -> o instanceof Outcome.Confirmed);
        }
    }

    private static Settlement.Retry retry(long millis) {
        return new Settlement.Retry(Duration.ofMillis(millis), new IllegalStateException("again"));
    }

    private static List<Delivery> of(List<Delivery> deliveries, String key) {
        return deliveries.stream().filter(d -> key.equals(d.message().key())).toList();
    }

    @Test
    void each_session_comes_in_order_and_more_sessions_than_are_open_at_a_time_are_served() throws Exception {
        fake.sessionQueue("many", LOCK);
        send("many", 6, 10);
        Map<String, List<String>> seen = new HashMap<>();
        try (Source source = Buses.source(fake.port(), "azuresb://many?sessions=true&max_sessions=2")) {
            Await.until("all have come", () -> {
                List<Delivery> taken = source.receive(Buses.TEN);
                for (Delivery each : taken) {
                    String key = String.valueOf(each.message().key());
                    seen.computeIfAbsent(key, _ -> new ArrayList<>())
                            .add(each.message().body().utf8());
                }
                source.settle(taken.stream()
                        .map(d -> new Settled(d, Settlement.Done.SILENT))
                        .toList());
                return seen.values().stream().mapToInt(List::size).sum() >= 60;
            });
        }
        assertThat(seen)
                .hasSize(6)
                .allSatisfy((_, bodies) ->
                        assertThat(bodies).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9"));
        assertThat(fake.held("many")).isZero();
    }

    @Test
    void what_is_handed_back_comes_before_the_later_ones_of_its_session_only() throws Exception {
        fake.sessionQueue("order", LOCK);
        send("order", 2, 3);
        try (Source source = Buses.source(fake.port(), "azuresb://order?sessions=true")) {
            List<Delivery> first = Buses.take(source, 6);
            List<Delivery> back = of(first, "k0");
            Buses.settle(source, back.get(0), retry(700));
            assertThat(back).noneMatch(Delivery::live);
            assertThat(of(first, "k1")).allMatch(Delivery::live);
            long start = System.nanoTime();
            List<Delivery> again = Buses.take(source, 3);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(600));
            assertThat(Buses.bodies(again)).containsExactly("m0", "m1", "m2");
            assertThat(again.getFirst().attempt()).isEqualTo(2);
            for (Delivery each : again) {
                Buses.settle(source, each, Settlement.Done.SILENT);
            }
        }
    }

    @Test
    void order_survives_many_handbacks() throws Exception {
        fake.sessionQueue("stress", LOCK);
        send("stress", 1, 40);
        List<String> done = new ArrayList<>();
        try (Source source = Buses.source(fake.port(), "azuresb://stress?sessions=true&max_recv_batch_size=3")) {
            int[] count = new int[1];
            Await.until("all are done", () -> {
                for (Delivery each : source.receive(Buses.TEN)) {
                    if (each.live()) {
                        boolean back = ++count[0] % 7 == 0;
                        Buses.settle(source, each, back ? retry(0) : Settlement.Done.SILENT);
                        if (!back) {
                            done.add(each.message().body().utf8());
                        }
                    }
                }
                return done.size() >= 40;
            });
        }
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            wanted.add("m" + i);
        }
        assertThat(done).isEqualTo(wanted);
    }

    @Test
    void a_session_is_another_consumers_after_lease_max_and_its_deliveries_are_dead() throws Exception {
        fake.sessionQueue("max", LOCK);
        send("max", 1, 2);
        try (Source source = Buses.source(fake.port(), "azuresb://max?sessions=true", Duration.ofMillis(500))) {
            List<Delivery> first = Buses.take(source, 2);
            Await.until("they are dead", () -> first.stream().noneMatch(Delivery::live));
            List<Delivery> second = Buses.take(source, 2);
            assertThat(Buses.bodies(second)).containsExactly("m0", "m1");
            Buses.settle(source, first.getFirst(), Settlement.Done.SILENT);
            assertThat(second.getFirst().live()).isTrue();
        }
    }
}
