package io.wasmpipes.e2e;

import org.junit.jupiter.api.Test;

/** The short form of {@link CrashSoak}. */
class CrashIT {
    private static final CrashRun.Plan PLAN = new CrashRun.Plan(3000, 3, 1, System.nanoTime());

    @Test
    void what_http_has_answered_ok_is_in_the_stream_whatever_is_killed() throws Exception {
        CrashRun.httpToJetStream(PLAN);
    }

    @Test
    void what_a_stream_has_taken_is_in_the_next_stream_whatever_is_killed() throws Exception {
        CrashRun.jetStreamToJetStream(PLAN);
    }
}
