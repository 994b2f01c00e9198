package io.wasmpipes;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The shared cache as one message sees it: its own writes first, then those of earlier messages of its lane, then the
 * cache. A null {@code ttl} means for ever. One thread. TransientException with scope OUTAGE: the cache is away.
 */
public interface State {
    @Nullable
    Bytes get(String key) throws TransientException, InterruptedException;

    void set(String key, Bytes value, @Nullable Duration ttl) throws TransientException, InterruptedException;

    void delete(String key) throws TransientException, InterruptedException;

    /**
     * Claims the key for this message at once; exact across lanes and pods.
     *
     * @return whether the key was absent and is now this message's
     * @throws TransientException scope MESSAGE while another message has claimed it and is not through yet
     */
    boolean putIfAbsent(String key, Bytes value, @Nullable Duration ttl)
            throws TransientException, InterruptedException;

    /**
     * Adds at commit; a value that is no decimal number counts as 0. The number returned is exact only for a key that is
     * confined to one lane of one pod.
     */
    long increment(String key, long delta, @Nullable Duration ttl) throws TransientException, InterruptedException;
}
