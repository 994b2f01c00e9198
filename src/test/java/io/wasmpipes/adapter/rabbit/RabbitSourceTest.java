package io.wasmpipes.adapter.rabbit;

import static io.wasmpipes.adapter.rabbit.RabbitEnds.AGAIN;
import static io.wasmpipes.adapter.rabbit.RabbitEnds.settle;
import static io.wasmpipes.adapter.rabbit.RabbitEnds.take;
import static io.wasmpipes.adapter.rabbit.RabbitEnds.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Delivery;
import io.wasmpipes.Limits;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.RabbitNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of deliveries when they are handed back, rejected, held for long, or when their channel ends. */
class RabbitSourceTest extends RabbitQueue {
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
}
