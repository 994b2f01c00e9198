package io.wasmpipes.e2e;

import org.junit.jupiter.api.Test;

/** The long form of {@link ExactlyOnceIT}. */
class ExactlyOnceSoak {
    @Test
    void nothing_is_lost_and_nothing_comes_twice_when_one_process_is_killed_ten_times() throws Exception {
        ExactlyOnceRun.go(new ExactlyOnceRun.Plan(20_000, 10, 1, System.nanoTime()));
    }

    @Test
    void nothing_is_lost_and_nothing_comes_twice_when_either_of_two_processes_is_killed() throws Exception {
        ExactlyOnceRun.go(new ExactlyOnceRun.Plan(20_000, 6, 2, System.nanoTime()));
    }
}
