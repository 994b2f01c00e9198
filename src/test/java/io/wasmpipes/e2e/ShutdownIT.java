package io.wasmpipes.e2e;

import org.junit.jupiter.api.Test;

/** SIGTERM while guests are at their deadlines; the long form is {@link ShutdownSoak}. */
class ShutdownIT {
    @Test
    void a_signal_at_a_random_moment_always_ends_with_0() throws Exception {
        ShutdownRound.play(20, System.nanoTime());
    }
}
