package io.wasmpipes.config;

import io.wasmpipes.Endpoint;
import io.wasmpipes.HeaderRule;
import java.util.Map;
import java.util.Optional;

/**
 * Where messages come from and where they go.
 *
 * @param labelled {@code SINK_<LABEL>_URI} by label, in lower case
 * @param deadLetterLimit empty for {@code off}
 */
public record Ends(
        SourceEnd source,
        SinkEnd sink,
        Map<String, SinkEnd> labelled,
        Optional<SinkEnd> deadLetters,
        Optional<DeadLetterLimit> deadLetterLimit) {
    public Ends {
        labelled = Map.copyOf(labelled);
    }

    /** SOURCE_URI and the options that the pipe itself reads. */
    public record SourceEnd(Endpoint endpoint, HeaderRule headers, OnReject onReject) {}

    /** A SINK_URI, SINK_&lt;LABEL&gt;_URI or DEAD_LETTER_URI and the options that the pipe itself reads. */
    public record SinkEnd(Endpoint endpoint, HeaderRule headers) {
        /** Whether outputs answer the HTTP request that brought the input: {@code SINK_URI=reply:}. */
        public boolean isReply() {
            return endpoint.scheme().equals(REPLY);
        }
    }

    static final String REPLY = "reply";

    /** What becomes of poison when neither dead letters nor the source can take it: option {@code on_reject}. */
    public enum OnReject {
        /** The pipe stops, loudly. */
        STOP,
        /** The message is settled Done and counted. */
        SKIP
    }

    /** Stop asking when more than {@code letters} of the last {@code messages} messages were dead letters. */
    public record DeadLetterLimit(int letters, int messages) {}
}
