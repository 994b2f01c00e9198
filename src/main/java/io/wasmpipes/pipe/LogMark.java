package io.wasmpipes.pipe;

import io.wasmpipes.Id;
import org.slf4j.MDC;

/** Names the message in hand, and its trace, in every log line of this thread: {@code message_id} and {@code trace_id}. */
final class LogMark {
    private static final String MESSAGE = "message_id";
    private static final String TRACE = "trace_id";

    private LogMark() {}

    static void set(Item item) {
        Id id = item.input.id();
        if (!id.isNone()) {
            MDC.put(MESSAGE, id.value());
        }
        if (!item.trail.trace().isEmpty()) {
            MDC.put(TRACE, item.trail.trace());
        }
    }

    static void clear(Item item) {
        if (!item.input.id().isNone()) {
            MDC.remove(MESSAGE);
        }
        if (!item.trail.trace().isEmpty()) {
            MDC.remove(TRACE);
        }
    }
}
