package io.wasmpipes.pipe;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The one signal that ends a pipe: asked for, or by a failure. Waits for anything else end with it. Thread-safe. */
final class Halt {
    private final CountDownLatch signal = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> cause = new AtomicReference<>();

    void ask() {
        signal.countDown();
    }

    /** The first failure counts. */
    void fail(Throwable why) {
        cause.compareAndSet(null, why);
        signal.countDown();
    }

    boolean asked() {
        return signal.getCount() == 0;
    }

    /** Sleeps; true as soon as the pipe is to end. */
    boolean sleep(Duration time) throws InterruptedException {
        return signal.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    void await() throws InterruptedException {
        signal.await();
    }

    @Nullable
    Throwable failure() {
        return cause.get();
    }
}
