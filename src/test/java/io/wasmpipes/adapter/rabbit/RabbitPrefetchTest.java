package io.wasmpipes.adapter.rabbit;

import static io.wasmpipes.adapter.rabbit.RabbitEnds.AGAIN;
import static io.wasmpipes.adapter.rabbit.RabbitEnds.settle;
import static io.wasmpipes.adapter.rabbit.RabbitEnds.take;
import static io.wasmpipes.adapter.rabbit.RabbitEnds.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much a source of RabbitMQ asks for. */
class RabbitPrefetchTest extends RabbitQueue {
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
