package io.wasmpipes.e2e;

import org.junit.jupiter.api.Test;

/** {@link ShutdownIT}, 200 times. */
class ShutdownSoak {
    @Test
    void a_signal_at_a_random_moment_always_ends_with_0() throws Exception {
        ShutdownRound.play(200, System.nanoTime());
    }
}
