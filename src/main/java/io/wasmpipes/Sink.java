package io.wasmpipes;

import java.util.List;

/** Where messages go. Opening one does no input or output: {@link #connect} and the first {@link #send} do. Thread-safe. */
public interface Sink extends AutoCloseable {
    /**
     * Connects unless connected. Any thread; ends within 5 s.
     *
     * @throws TransientException an outage, saying what does not answer or refuses
     */
    void connect() throws TransientException, InterruptedException;

    /**
     * Hands the messages to the client in order and returns; blocks only for room in the client's bounded queue. Many
     * callers at once. Failures come as outcomes. A sink that promises {@link Promise#SENDS_IN_ORDER} fails, after a
     * transient failure of one message, every later message of the same call, and of later calls of the same thread made
     * before the failed call was awaited.
     */
    Pending send(List<Message> messages) throws InterruptedException;

    /** Flushes and closes. Safe twice. */
    @Override
    void close();

    /** Messages under way. */
    @FunctionalInterface
    interface Pending {
        /** Blocks until every message has its outcome, bounded by the sink's own timeout; one per message, in order. */
        List<Outcome> await() throws InterruptedException;
    }
}
