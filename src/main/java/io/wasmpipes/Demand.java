package io.wasmpipes;

import java.time.Duration;

/**
 * What a pipe has room for.
 *
 * @param messages how many deliveries at most, at least 1
 * @param bytes their {@link Message#size()} in sum at most, at least 1
 * @param oversize whether nothing is in flight, so that a first message larger than {@code bytes} may come, alone
 * @param patience how long {@link Source#receive} may wait for a first message
 */
public record Demand(int messages, long bytes, boolean oversize, Duration patience) {
    public Demand {
        if (messages < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "a demand asks for something, was " + messages + " messages, " + bytes + " bytes");
        }
    }

    /** Whether a message of {@code size} fits when {@code count} messages of {@code sum} bytes have been taken already. */
    public boolean admits(long size, int count, long sum) {
        return count < messages && (sum + size <= bytes || (oversize && count == 0));
    }
}
