package io.wasmpipes;

import org.jspecify.annotations.Nullable;

/** A message in hand, until it is settled. Safe from any thread. */
public interface Delivery {
    Message message();

    /** Which delivery of this message this is as its system counts, from 1; always 1 where the system does not count. */
    int attempt();

    /** Whether its system will not deliver it again after this attempt. */
    default boolean last() {
        return false;
    }

    /** Whether it is still ours: lease, channel, request or partition. Once false it stays false. Never blocks. */
    boolean live();

    /** What it must not overtake at its source, where order goes by key: the key, unless the system orders by more. */
    default @Nullable String orderKey() {
        return message().key();
    }

    /**
     * The pipe has let go of it, settled or no longer live, and will send nothing more of it. Called once, by any thread;
     * never blocks.
     */
    default void release() {}
}
