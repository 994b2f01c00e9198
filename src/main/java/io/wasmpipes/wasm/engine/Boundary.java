package io.wasmpipes.wasm.engine;

import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import io.wasmpipes.Units;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The line between host and guest: starts the clock on the way in, stops it on the way out and around host functions that
 * wait, and turns everything thrown into this project's exceptions. One thread.
 */
final class Boundary implements AutoCloseable {
    private static final long[] NOTHING = {};

    private final String alias;
    private final GuestLimits limits;
    private final GuestMemory memory;
    private final Watch watch;
    private Duration timeout;

    Boundary(String alias, GuestLimits limits, GuestMemory memory, Watch watch) {
        this.alias = alias;
        this.limits = limits;
        this.memory = memory;
        this.watch = watch;
        this.timeout = limits.startTimeout();
    }

    /** From now on calls have the time that messages have. */
    void started() {
        timeout = limits.timeout();
    }

    GuestMemory memory() {
        return memory;
    }

    /** Runs guest code under the deadline. */
    <T extends @Nullable Object> T enter(Supplier<T> guest)
            throws TransientException, PoisonException, InterruptedException {
        memory.flat().forgetDenial();
        watch.enter(timeout.toNanos());
        T result;
        try {
            result = guest.get();
        } catch (
                Throwable thrown) { // whatever a guest raises is that message's fault, see the architecture's section 5
            throw failure(thrown, watch.leave());
        }
        watch.leave(); // late by a hair, yet complete
        return result;
    }

    /** Runs a host function that the guest called. */
    long[] callHost(HostFunction function, long[] arguments) {
        memory.calledBy(function.key());
        try {
            long result = call(function, arguments);
            return function.signature().results().isEmpty() ? NOTHING : new long[] {result};
        } catch (PipeException e) {
            throw new HostFailure(e);
        } catch (InterruptedException e) {
            throw new HostFailure(e);
        }
    }

    private long call(HostFunction function, long[] arguments)
            throws TransientException, PoisonException, InterruptedException {
        if (function.reach() != HostFunction.Reach.OWN) {
            StackRoom.require();
        }
        return function.reach() == HostFunction.Reach.OUTSIDE
                ? wait(function, arguments)
                : function.body().call(memory, arguments);
    }

    private long wait(HostFunction function, long[] arguments)
            throws TransientException, PoisonException, InterruptedException {
        if (watch.pause()) {
            throw timeLimit();
        }
        try {
            return function.body().call(memory, arguments);
        } finally {
            watch.resume();
        }
    }

    private PoisonException failure(Throwable thrown, boolean expired)
            throws TransientException, PoisonException, InterruptedException {
        if (thrown instanceof HostFailure failure) {
            failure.rethrow(alias);
        }
        if (expired) {
            return timeLimit();
        }
        if (Failures.interrupted(thrown)) {
            Thread.interrupted();
            throw new InterruptedException("stopped while in module " + alias);
        }
        String limit = switch (memory.flat().denial()) {
            case NONE -> "";
            case LIMIT -> "memory limit " + limits.memoryText() + " reached, then ";
            case HEAP -> "the heap has no more room for guests, then ";
        };
        return new PoisonException(alias, limit + Failures.reason(thrown), null);
    }

    private PoisonException timeLimit() {
        return new PoisonException(alias, "time limit " + Units.text(timeout) + " exceeded", null);
    }

    @Override
    public void close() {
        watch.close();
        memory.flat().release();
    }
}
