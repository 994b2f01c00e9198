package io.wasmpipes.cache;

import java.time.Duration;

/** Bounds a time to live to what caches can express: from a millisecond to a hundred years. */
final class Ttl {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Ttl() {}

    static Duration of(Duration ttl) {
        if (ttl.compareTo(SHORTEST) < 0) {
            return SHORTEST;
        }
        return ttl.compareTo(LONGEST) > 0 ? LONGEST : ttl;
    }
}
