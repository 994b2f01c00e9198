package io.wasmpipes.e2e;

import org.junit.jupiter.api.Test;

/** kill -9 of the process 20 times and of the server 5 times while 20,000 messages flow: nothing acknowledged is lost. */
class CrashSoak {
    private static final CrashRun.Plan PLAN = new CrashRun.Plan(20_000, 20, 5, System.nanoTime());

    @Test
    void what_http_has_answered_ok_is_in_the_stream_whatever_is_killed() throws Exception {
        CrashRun.httpToJetStream(PLAN);
    }

    @Test
    void what_a_stream_has_taken_is_in_the_next_stream_whatever_is_killed() throws Exception {
        CrashRun.jetStreamToJetStream(PLAN);
    }
}
