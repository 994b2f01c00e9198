package io.wasmpipes.app;

import io.wasmpipes.Message;
import io.wasmpipes.pipe.Trail;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Those who watch the pipe, each of them some messages a second. Thread-safe. */
final class Taps {
    private static final long SECOND = 1_000_000_000L;

    /** So many may watch at a time. */
    static final int MOST = 16;

    private final List<Tap> taps = new CopyOnWriteArrayList<>();

    /** One who watches. */
    private static final class Tap {
        private final int perSecond;
        private final boolean bodies;
        private final Consumer<Map<String, Object>> told;
        private long windowStart = System.nanoTime();
        private int taken;

        Tap(int perSecond, boolean bodies, Consumer<Map<String, Object>> told) {
            this.perSecond = perSecond;
            this.bodies = bodies;
            this.told = told;
        }

        synchronized boolean wants() {
            long now = System.nanoTime();
            if (now - windowStart >= SECOND) {
                windowStart = now;
                taken = 0;
            }
            return taken++ < perSecond;
        }
    }

    /**
     * Begins to watch.
     *
     * @param perSecond messages at most
     * @param bodies whether bodies and the values of headers are told
     * @param told is given each message's record when the message has ended; must return at once
     * @return ends it; empty if {@link #full}
     */
    synchronized Optional<Runnable> open(int perSecond, boolean bodies, Consumer<Map<String, Object>> told) {
        if (full()) {
            return Optional.empty();
        }
        Tap tap = new Tap(perSecond, bodies, told);
        taps.add(tap);
        return Optional.of(() -> taps.remove(tap));
    }

    /** Whether as many watch as may. */
    synchronized boolean full() {
        return taps.size() >= MOST;
    }

    Trail follow(Message input, int attempt) {
        Trail trail = Trail.NONE;
        for (Tap tap : taps) {
            if (tap.wants()) {
                trail = Both.of(trail, new Trip(input, attempt, tap.bodies, tap.told));
            }
        }
        return trail;
    }
}
