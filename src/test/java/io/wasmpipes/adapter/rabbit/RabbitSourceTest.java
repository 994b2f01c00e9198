package io.wasmpipes.adapter.rabbit;

import static io.wasmpipes.adapter.rabbit.RabbitEnds.AGAIN;
import static io.wasmpipes.adapter.rabbit.RabbitEnds.settle;
import static io.wasmpipes.adapter.rabbit.RabbitEnds.take;
import static io.wasmpipes.adapter.rabbit.RabbitEnds.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.RabbitNode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of deliveries when they are handed back, rejected, held for long, or when their channel ends. */
@Timeout(60)
class RabbitSourceTest {
    private RabbitEnds ends;

    @BeforeEach
    void connect() throws Exception {
        ends = new RabbitEnds(RabbitNode.shared());
    }

    @AfterEach
    void disconnect() {
        ends.close();
    }

    private String fed(int count) throws Exception {
        String queue = ends.queue();
        ends.put(queue, numbers(0, count).toArray(String[]::new));
        return queue;
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(Integer::toString).toList();
    }

    private int waiting(String queue) throws Exception {
        return ends.raw.queueDeclarePassive(queue).getMessageCount();
    }

    @Test
    void what_is_handed_back_comes_before_what_was_behind_it() throws Exception {
        String queue = fed(300);
        try (Source source = ends.source("rabbit://" + queue)) {
            List<Delivery> first = take(source, 100);
            settle(source, first.subList(0, 50), Settlement.Done.SILENT);
            settle(source, first.subList(50, 60), AGAIN);
            assertThat(first.subList(60, first.size())).noneMatch(Delivery::live);
            assertThat(texts(take(source, 250)).subList(0, 250)).isEqualTo(numbers(50, 300));
        }
    }

    @Test
    void what_is_before_one_that_is_handed_back_stays_in_hand() throws Exception {
        String queue = fed(3);
        try (Source source = ends.source("rabbit://" + queue)) {
            List<Delivery> all = take(source, 3);
            settle(source, all.subList(1, 2), AGAIN);
            assertThat(all.getFirst().live()).isTrue();
            settle(source, all.subList(0, 1), Settlement.Done.SILENT);
            assertThat(texts(take(source, 2))).isEqualTo(numbers(1, 3));
        }
    }

    @Test
    void without_order_only_the_one_handed_back_comes_again() throws Exception {
        String queue = fed(3);
        try (Source source = ends.source("rabbit://" + queue + "?ordered=false")) {
            List<Delivery> all = take(source, 3);
            settle(source, all.subList(0, 1), AGAIN);
            assertThat(all.subList(1, 3)).allMatch(Delivery::live);
            assertThat(texts(take(source, 1))).containsExactly("0");
            settle(source, all.subList(1, 3), Settlement.Done.SILENT);
            assertThat(all.subList(1, 3)).noneMatch(Delivery::live);
        }
    }

    @Test
    void a_classic_queue_tells_a_second_delivery_and_a_quorum_queue_counts() throws Exception {
        assertThat(attempts("classic", "")).containsExactly(1, 2, 2, 2);
        assertThat(attempts("quorum", "")).containsExactly(1, 2, 3, 4);
    }

    private List<Integer> attempts(String type, String options) throws Exception {
        String queue = ends.queue(type, Map.of());
        ends.put(queue, "x");
        List<Integer> attempts = new ArrayList<>();
        try (Source source = ends.source("rabbit://" + queue + options)) {
            for (int i = 0; i < 4; i++) {
                List<Delivery> one = take(source, 1);
                attempts.add(one.getFirst().attempt());
                settle(source, one, AGAIN);
            }
        }
        return attempts;
    }

    @Test
    void the_last_delivery_that_a_limit_allows_is_known_and_the_next_never_comes() throws Exception {
        String queue = ends.queue("quorum", Map.of("x-delivery-limit", 2));
        ends.put(queue, "x");
        List<Boolean> last = new ArrayList<>();
        try (Source source = ends.source("rabbit://" + queue + "?delivery_limit=2")) {
            for (int i = 0; i < 3; i++) {
                List<Delivery> one = take(source, 1);
                last.add(one.getFirst().last());
                settle(source, one, AGAIN);
            }
            assertThat(source.receive(RabbitEnds.ANY)).isEmpty();
        }
        assertThat(last).containsExactly(false, false, true);
        assertThat(waiting(queue)).isZero();
    }

    @Test
    void what_is_rejected_goes_to_the_dead_letter_exchange() throws Exception {
        String dead = ends.queue();
        String queue = ends.queue("classic", Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        ends.put(queue, "bad", "good");
        try (Source source = ends.source("rabbit://" + queue + "?dlx=true")) {
            List<Delivery> both = take(source, 2);
            source.settle(List.of(
                    new Settled(both.getFirst(), RabbitEnds.NEVER),
                    new Settled(both.getLast(), Settlement.Done.SILENT)));
            assertThat(ends.next(dead).getBody()).isEqualTo("bad".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        assertThat(waiting(queue)).isZero();
    }

    @Test
    void a_delivery_of_an_ended_channel_is_dead_and_its_tag_settles_nothing_on_the_next() throws Exception {
        String queue = fed(20);
        RabbitNode node = RabbitNode.shared();
        try (io.wasmpipes.support.FaultProxy proxy = io.wasmpipes.support.FaultProxy.before(node.port());
                Source source = new RabbitAdapter()
                        .source(
                                RabbitEnds.endpoint(
                                        io.wasmpipes.Endpoint.Role.SOURCE,
                                        "rabbit://" + queue,
                                        Map.of("RABBIT_SERVER_URL", "amqp://127.0.0.1:" + proxy.port())),
                                RabbitEnds.context(Limits.DEFAULT))) {
            List<Delivery> old = take(source, 20);
            proxy.cut();
            Await.until("the deliveries die", () -> old.stream().noneMatch(Delivery::live));
            List<Delivery> again = take(source, 20);
            settle(source, old, Settlement.Done.SILENT); // the same tags, another channel
            assertThat(again).allMatch(Delivery::live);
            settle(source, again.subList(0, 5), Settlement.Done.SILENT);
        }
        Await.until("fifteen are back", () -> waiting(queue) == 15);
        assertThat(ends.next(queue).getBody()).isEqualTo(new byte[] {'5'});
    }

    @Test
    void a_delivery_held_for_too_long_dies_before_the_server_closes_the_channel_and_comes_again() throws Exception {
        String queue = fed(2);
        try (Source source = ends.source("rabbit://" + queue + "?consumer_timeout=1s")) {
            List<Delivery> held = take(source, 2);
            assertThat(held).allMatch(Delivery::live);
            List<Delivery> again = take(source, 2);
            assertThat(held).noneMatch(Delivery::live);
            assertThat(texts(again)).isEqualTo(numbers(0, 2));
            settle(source, held, Settlement.Done.SILENT);
            settle(source, again, Settlement.Done.SILENT);
        }
        assertThat(waiting(queue)).isZero();
    }

    @Test
    void a_missing_or_deleted_queue_is_an_outage_that_names_it() throws Exception {
        try (Source source = ends.source("rabbit://nowhere")) {
            assertThatThrownBy(source::connect)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContaining("no queue 'nowhere'")
                    .hasMessageContaining("declares nothing");
        }
        String queue = fed(1);
        try (Source source = ends.source("rabbit://" + queue)) {
            List<Delivery> one = take(source, 1);
            ends.raw.queueDelete(queue);
            Await.until("the delivery dies", () -> !one.getFirst().live());
            assertThatThrownBy(() -> source.receive(RabbitEnds.ANY)).hasMessageContaining("no queue '" + queue);
        }
    }

    @Test
    void what_is_on_its_way_is_bounded_in_messages_and_in_bytes() throws Exception {
        Limits limits = new Limits(100, 1 << 20, 256 << 10, 100, Duration.ofHours(1));
        String queue = ends.queue();
        for (int i = 0; i < 300; i++) {
            byte[] body = new byte[i < 200 ? 100 : 200 << 10];
            ends.raw.basicPublish(
                    "", queue, null, ByteBuffer.wrap(body).putInt(i).array());
        }
        ends.raw.waitForConfirmsOrDie(20_000);
        int mostSmall = 0;
        int mostLarge = 0;
        Set<Integer> done = new HashSet<>();
        try (Source source = ends.source("rabbit://" + queue, limits)) {
            while (done.size() < 300) {
                List<Delivery> taken = source.receive(
                        new Demand(limits.maxInFlight(), limits.maxInFlightBytes(), true, Duration.ofMillis(300)));
                int unacknowledged = 300 - done.size() - waiting(queue); // more only while acks are on their way
                if (done.size() < 200) {
                    mostSmall = Math.max(mostSmall, unacknowledged);
                } else if (done.size() > 210) { // the first large ones show how large they are
                    mostLarge = Math.max(mostLarge, unacknowledged);
                }
                taken.stream()
                        .filter(Delivery::live)
                        .forEach(delivery -> done.add(
                                ByteBuffer.wrap(delivery.message().body().toArray())
                                        .getInt()));
                settle(source, taken, Settlement.Done.SILENT);
            }
        }
        assertThat(mostSmall).isBetween(20, limits.maxInFlight());
        assertThat(mostLarge).isBetween(1, 10); // 1 MiB of 200 KiB each
    }

    /** The server gives again, out of order, what is on its way to a consumer of a quorum queue that is cancelled. */
    @ParameterizedTest
    @ValueSource(strings = {"classic", "quorum"})
    void order_holds_while_the_prefetch_grows_under_load_and_messages_are_handed_back(String type) throws Exception {
        for (int round = 0; round < 5; round++) {
            String queue = ends.queue(type, Map.of());
            Set<String> firsts = new LinkedHashSet<>(); // what is acknowledged as the channel ends may come once more
            int backs = 1;
            try (Source source = ends.source("rabbit://" + queue)) {
                source.connect();
                for (int i = 0; i < 500; i++) {
                    ends.raw.basicPublish("", queue, null, Integer.toString(i).getBytes(UTF_8));
                }
                while (firsts.size() < 500) {
                    List<Delivery> taken = source.receive(RabbitEnds.ANY);
                    List<Delivery> done = taken;
                    if (firsts.size() > 100 * backs) {
                        backs++;
                        done = taken.subList(0, taken.size() / 2);
                        settle(source, taken.subList(done.size(), taken.size()), AGAIN);
                    }
                    settle(source, done, Settlement.Done.SILENT);
                    firsts.addAll(texts(done));
                }
            }
            assertThat(firsts).containsExactlyElementsOf(numbers(0, 500));
        }
    }

    @Test
    void prefetch_count_caps_what_is_unacknowledged() throws Exception {
        String queue = fed(50);
        try (Source source = ends.source("rabbit://" + queue + "?prefetch_count=3")) {
            take(source, 3);
            assertThat(source.receive(RabbitEnds.ANY)).isEmpty();
            assertThat(waiting(queue)).isEqualTo(47);
        }
    }

    @Test
    void nothing_is_fetched_before_it_is_asked_for() throws Exception {
        String queue = fed(5);
        try (Source source = ends.source("rabbit://" + queue)) {
            source.connect();
            assertThat(source.lag()).hasValue(5);
            assertThat(source.receive(new Demand(1, 1000, true, Duration.ofSeconds(10))))
                    .hasSize(1);
            assertThat(waiting(queue)).isGreaterThanOrEqualTo(3);
        }
    }
}
