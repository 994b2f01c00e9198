package io.wasmpipes;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shared cache service, transactional with messages. Thread-safe; every call ends within 5 s. An owner stands for one
 * message: its {@link Id}, or a token of its own where the source has no stable ids. TransientException = outage.
 */
public interface Cache extends AutoCloseable {
    void connect() throws TransientException, InterruptedException;

    @Nullable
    Bytes get(String key) throws TransientException, InterruptedException;

    /**
     * Makes the writes real, in order, all or none; records {@code owner} as applied for {@code remember}; ends the
     * owner's claims on the keys written. Does nothing when the owner is recorded already.
     */
    void commit(String owner, List<Write> writes, Duration remember) throws TransientException, InterruptedException;

    /** Whether {@link #commit} was done for this owner. */
    boolean applied(String owner) throws TransientException, InterruptedException;

    /** Claims an absent key for {@code owner} for the time of {@code lease}; the same owner renews. */
    Claim claim(String key, String owner, Duration lease) throws TransientException, InterruptedException;

    /** Gives up claims; those of other owners stay. */
    void release(List<String> keys, String owner) throws TransientException, InterruptedException;

    @Override
    void close();

    /** The answer to a claim. */
    enum Claim {
        /** The key is absent and this owner's until the lease ends. */
        ACQUIRED,
        /** The key has a value. */
        PRESENT,
        /** Another owner's claim has not ended. */
        HELD
    }

    /** One write of a commit; a null {@code ttl} means for ever. */
    sealed interface Write {
        String key();

        record Put(String key, Bytes value, @Nullable Duration ttl) implements Write {}

        record Delete(String key) implements Write {}

        /** Adds to a decimal number; a value that is none counts as 0. */
        record Add(String key, long delta, @Nullable Duration ttl) implements Write {}
    }
}
