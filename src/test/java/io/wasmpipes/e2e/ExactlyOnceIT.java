package io.wasmpipes.e2e;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kafka to Kafka with {@code exactly_once=true} under kill -9: a reader of what is committed sees each message once. */
@Timeout(300)
class ExactlyOnceIT {
    @Test
    void nothing_is_lost_and_nothing_comes_twice_when_one_process_is_killed_three_times() throws Exception {
        ExactlyOnceRun.go(new ExactlyOnceRun.Plan(3000, 3, 1, System.nanoTime()));
    }
}
