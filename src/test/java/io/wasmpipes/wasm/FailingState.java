package io.wasmpipes.wasm;

import io.wasmpipes.Bytes;
import io.wasmpipes.State;
import io.wasmpipes.TransientException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A cache that always fails. */
record FailingState(Failure failure) implements State {
    /** How it fails. */
    interface Failure {
        void fail() throws TransientException, InterruptedException;
    }

    @Override
    public @Nullable Bytes get(String key) throws TransientException, InterruptedException {
        failure.fail();
        return null;
    }

    @Override
    public void set(String key, Bytes value, @Nullable Duration ttl) throws TransientException, InterruptedException {
        failure.fail();
    }

    @Override
    public void delete(String key) throws TransientException, InterruptedException {
        failure.fail();
    }

    @Override
    public boolean putIfAbsent(String key, Bytes value, @Nullable Duration ttl)
            throws TransientException, InterruptedException {
        failure.fail();
        return false;
    }

    @Override
    public long increment(String key, long delta, @Nullable Duration ttl)
            throws TransientException, InterruptedException {
        failure.fail();
        return 0;
    }
}
