package io.wasmpipes.adapter.mem;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Demand;
import io.wasmpipes.Message;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemTopicTest {
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final MemTopic topic = new MemTopic("topic");
    private final MemSource source = new MemSource(topic, LONG);

    private List<MemDelivery> take(MemSource taker, int count, Duration lease) throws InterruptedException {
        return topic.take(taker, new Demand(count, 1 << 20, false, Duration.ofSeconds(10)), lease);
    }

    private void add(String... bodies) {
        for (String body : bodies) {
            assertThat(topic.add(Message.of(Bytes.utf8(body)))).isTrue();
        }
    }

    private static List<String> texts(List<MemDelivery> deliveries) {
        return deliveries.stream()
                .map(delivery -> delivery.message().body().utf8())
                .toList();
    }

    @Test
    void what_came_behind_a_message_that_lapsed_comes_again_behind_it() throws Exception {
        add("1", "2", "3");
        MemDelivery first = take(source, 1, SHORT).getFirst();
        List<MemDelivery> behind = take(source, 2, LONG);
        Await.until("the lease ends", () -> !first.live());
        assertThat(behind).noneMatch(MemDelivery::live);
        assertThat(texts(take(source, 3, LONG))).containsExactly("1", "2", "3");
    }

    @Test
    void what_another_reader_has_stays_with_it() throws Exception {
        add("1", "2");
        MemDelivery first = take(source, 1, SHORT).getFirst();
        List<MemDelivery> others = take(new MemSource(topic, LONG), 1, LONG);
        Await.until("the lease ends", () -> !first.live());
        assertThat(others).allMatch(MemDelivery::live);
    }
}
