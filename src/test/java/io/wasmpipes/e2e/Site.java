package io.wasmpipes.e2e;

import java.util.List;
import java.util.Map;

/** A place in a system, by the system's own client: numbered messages are put into it, or looked for there. */
interface Site extends AutoCloseable {
    /** The variables of a pipe that reads here. */
    default Map<String, String> asSource() {
        throw new IllegalStateException("no source: " + this);
    }

    /** The variables of a pipe that writes here. */
    default Map<String, String> asSink() {
        throw new IllegalStateException("no sink: " + this);
    }

    /** Stores these numbers, which the system has acknowledged when it returns. One thread. */
    default void put(List<Integer> numbers) throws Exception {
        throw new IllegalStateException("no source: " + this);
    }

    /** What has arrived so far, repetitions included, in the order it came. Any thread. */
    default List<Integer> arrived() {
        throw new IllegalStateException("no sink: " + this);
    }

    @Override
    void close();
}
