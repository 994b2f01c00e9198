package io.wasmpipes;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a message is known by: the source's own coordinates (topic-partition-offset, stream sequence, message id), stable
 * across redeliveries, or nothing.
 */
public record Id(String value) {
    /** The id of messages that their source cannot name again. */
    public static final Id NONE = new Id("");

    public boolean isNone() {
        return value.isEmpty();
    }

    /**
     * The id of output number {@code index} of the message with this id: the same at every run of the same pipe with the
     * same modules, so that sinks and later pipes can drop duplicates. None stays none.
     */
    public Id derive(String pipe, String chain, int index, String label) {
        if (isNone()) {
            return NONE;
        }
        String text = String.join("\0", pipe, value, chain, Integer.toString(index), label);
        return new Id(HexFormat.of().formatHex(sha256(text), 0, 16));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return isNone() ? "-" : value;
    }
}
