package io.wasmpipes;

/** What a stage sees of the pipe while it has a message. */
public interface Scope {
    /** The cache as this message sees it; writes stand when the message's outputs are confirmed. */
    State state();

    /** Adds to a counter that the stage names, shown as a metric of that stage. */
    void count(String name, long delta);

    /** What a stage uses, beside its time. */
    enum Usage {
        CACHE_READS,
        CACHE_WRITES,
        CACHE_WRITTEN_BYTES
    }

    /** Tells that the stage has used so much more. */
    default void used(Usage usage, long amount) {}

    /** Tells what a stage that keeps memory from message to message has, and whether it gives that up now and begins anew. */
    default void memory(long bytes, boolean renewed) {}
}
