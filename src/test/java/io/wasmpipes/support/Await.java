package io.wasmpipes.support;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for a condition, never for a time. */
public final class Await {
    /** So long may anything take on a starved machine before a test gives it up. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final long STEP_MILLIS = 5;

    private Await() {}

    /** A check that may throw; a throw counts as not yet. */
    @FunctionalInterface
    public interface Check {
        boolean holds() throws Exception;
    }

    /** Waits up to {@link #PATIENCE} until {@code check} holds. */
    public static void until(String what, Check check) throws InterruptedException {
        until(what, PATIENCE, check);
    }

    /** @throws AssertionError naming {@code what} and the last throw, if it does not hold in time */
    public static void until(String what, Duration patience, Check check) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Exception last = null;
        while (true) {
            try {
                if (check.holds()) {
                    return;
                }
                last = null;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + patience.toMillis() + " ms in vain: " + what, last);
            }
            Thread.sleep(STEP_MILLIS);
        }
    }

    /** Waits up to {@link #PATIENCE} for {@code supplier} to answer something that is not null. */
    public static <T> T value(String what, Supplier<@Nullable T> supplier) throws InterruptedException {
        Object[] found = new Object[1];
        until(what, () -> (found[0] = supplier.get()) != null);
        @SuppressWarnings("unchecked")
        T value = (T) found[0];
        return value;
    }
}
