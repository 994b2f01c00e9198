package io.wasmpipes.pipe;

import org.slf4j.MDC;

/** Until closed every log line of this thread names the message in hand, and its trace: {@code message_id} and {@code trace_id}. */
record LogMark(boolean message, boolean trace) implements AutoCloseable {
    private static final String MESSAGE = "message_id";
    private static final String TRACE = "trace_id";

    static LogMark of(Item item) {
        String id = item.input.id().value();
        String trace = item.trail.trace();
        if (!id.isEmpty()) {
            MDC.put(MESSAGE, id);
        }
        if (!trace.isEmpty()) {
            MDC.put(TRACE, trace);
        }
        return new LogMark(!id.isEmpty(), !trace.isEmpty());
    }

    @Override
    public void close() {
        if (message) {
            MDC.remove(MESSAGE);
        }
        if (trace) {
            MDC.remove(TRACE);
        }
    }
}
