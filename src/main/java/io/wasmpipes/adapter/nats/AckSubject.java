package io.wasmpipes.adapter.nats;

import java.time.Instant;

/**
 * What the reply subject of a JetStream message says:
 * {@code $JS.ACK.[domain.account.]stream.consumer.delivered.streamSequence.consumerSequence.timestamp.pending[.random]}.
 */
record AckSubject(String stream, int delivered, long sequence, long timestampNanos, long pending) {
    static AckSubject parse(String reply) {
        String[] words = reply.split("\\.", -1);
        int stream = words.length >= 11 ? 4 : 2;
        return new AckSubject(
                words[stream],
                (int) Math.min(Integer.MAX_VALUE, Long.parseLong(words[stream + 2])),
                Long.parseLong(words[stream + 3]),
                Long.parseLong(words[stream + 5]),
                stream + 6 < words.length ? Long.parseLong(words[stream + 6]) : 0);
    }

    Instant time() {
        return Instant.ofEpochSecond(timestampNanos / 1_000_000_000L, timestampNanos % 1_000_000_000L);
    }

    /** The same at every delivery, and another one in a stream of the same name made anew. */
    String id() {
        return stream + "-" + sequence + "-" + timestampNanos;
    }
}
