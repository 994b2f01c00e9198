package io.wasmpipes.adapter.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PrefetchTest {
    private static final Demand ALL = demand(1000, 32 << 20, true);

    private static Demand demand(int messages, long bytes, boolean oversize) {
        return new Demand(messages, bytes, oversize, Duration.ZERO);
    }

    private static Prefetch.Stand stand(int prefetch, int outstanding, int unsettled) {
        return new Prefetch.Stand(prefetch, outstanding, unsettled, 0);
    }

    @Test
    void the_first_consumer_gets_what_the_largest_messages_allow() {
        assertThat(new Prefetch(0, Limits.DEFAULT).next(stand(0, 0, 0), ALL)).hasValue(4);
        assertThat(new Prefetch(3, Limits.DEFAULT).next(stand(0, 0, 0), ALL)).hasValue(3);
    }

    @Test
    void small_messages_let_it_grow_step_by_step_to_the_demand() {
        Prefetch prefetch = new Prefetch(0, Limits.DEFAULT);
        prefetch.measure(100);
        assertThat(prefetch.next(stand(4, 4, 4), ALL)).hasValue(16);
        assertThat(prefetch.next(stand(256, 256, 256), demand(744, 32 << 20, false)))
                .hasValue(744);
        assertThat(prefetch.next(stand(16, 3, 3), ALL)).isEmpty(); // it is not what holds up
        assertThat(prefetch.next(stand(744, 744, 744), demand(256, 32 << 20, false)))
                .isEmpty();
    }

    @Test
    void after_a_large_message_the_next_channel_begins_with_few_until_it_is_forgotten() {
        Prefetch prefetch = new Prefetch(0, Limits.DEFAULT);
        prefetch.measure(100);
        prefetch.measure(8 << 20);
        assertThat(prefetch.next(stand(500, 500, 500), ALL)).isEmpty();
        assertThat(prefetch.next(stand(0, 0, 0), ALL)).hasValue(4);
        for (int i = 0; i < 1000; i++) {
            prefetch.measure(100);
        }
        assertThat(prefetch.next(stand(4, 4, 4), ALL)).hasValue(16);
    }

    @Test
    void without_room_nothing_more_is_asked_for_but_one_at_a_time_may_come() {
        Prefetch prefetch = new Prefetch(0, Limits.DEFAULT);
        prefetch.measure(10_000);
        assertThat(prefetch.next(stand(1, 1, 4), demand(100, 3000, false))).isEmpty();
        assertThat(prefetch.next(stand(1, 1, 4), demand(100, 3000, true))).hasValue(1);
    }
}
