package io.wasmpipes.pipe;

import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Repeats what a system that is away must do, telling of the outage. One per thread that waits. */
final class Holding {
    /** Something that needs a system. */
    interface Attempt {
        void run() throws TransientException, InterruptedException;
    }

    private static final Duration WHILE_DRAINING = Duration.ofMillis(50);

    private final Shared shared;
    private final Runnable sign;

    /** @param sign shows that the thread lives; run before each attempt */
    Holding(Shared shared, Runnable sign) {
        this.shared = shared;
        this.sign = sign;
    }

    Backoff backoff() {
        return new Backoff(shared.plan().policy().retry(), ThreadLocalRandom.current());
    }

    /** Repeats {@code attempt} until it succeeds; ends only by success or interruption. */
    void until(String end, Attempt attempt) throws InterruptedException {
        Backoff backoff = backoff();
        while (true) {
            sign.run();
            try {
                attempt.run();
                shared.outages().end(end, this);
                return;
            } catch (TransientException e) {
                shared.outages().begin(end, String.valueOf(e.getMessage()), this);
                sleep(backoff.next());
            }
        }
    }

    /** Waits; a drain cuts it short. */
    void sleep(Duration time) throws InterruptedException {
        sign.run();
        if (shared.halt().sleep(time)) {
            Thread.sleep(WHILE_DRAINING.compareTo(time) < 0 ? WHILE_DRAINING : time);
        }
        sign.run();
    }
}
