package io.wasmpipes;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One message.
 *
 * @param id what it is known by, or {@link Id#NONE}
 * @param body its bytes, {@link Bytes#NULL} where a system knows absent bodies
 * @param key its ordering or partition key, null for none
 * @param label the sink an output is meant for ({@code SINK_<LABEL>_URI}), null for the next hop
 * @param time when the source says it was made, null if it does not say
 */
public record Message(
        Id id,
        Bytes body,
        Headers headers,
        @Nullable String key,
        @Nullable String label,
        @Nullable Instant time) {
    /** A message of nothing but a body. */
    public static Message of(Bytes body) {
        return new Message(Id.NONE, body, Headers.EMPTY, null, null, null);
    }

    public Message withId(Id newId) {
        return new Message(newId, body, headers, key, label, time);
    }

    public Message withBody(Bytes newBody) {
        return new Message(id, newBody, headers, key, label, time);
    }

    public Message withHeaders(Headers newHeaders) {
        return new Message(id, body, newHeaders, key, label, time);
    }

    public Message withKey(@Nullable String newKey) {
        return new Message(id, body, headers, newKey, label, time);
    }

    public Message withLabel(@Nullable String newLabel) {
        return new Message(id, body, headers, key, newLabel, time);
    }

    /** What the message counts in budgets: body, headers and key in bytes, and a little for the objects themselves. */
    public long size() {
        return 64L + body.length() + headers.size() + (key == null ? 0 : key.length());
    }
}
