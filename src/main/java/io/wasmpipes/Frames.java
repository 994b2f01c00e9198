package io.wasmpipes;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts bytes into bodies. Of a body larger than the limit one byte more than the limit is kept, so that it is seen to be
 * too large, and the rest is skipped: no line can fill the memory. One thread.
 */
public final class Frames {
    private static final int HEAD = 4;

    private final Framing framing;
    private final int keep;
    private byte[] buffer = new byte[64 << 10];
    private int start;
    private int end;
    private int scanned;
    private long skip;
    private boolean skipLine;

    /** Bodies above {@code maxBytes} are cut off. */
    public Frames(Framing framing, long maxBytes) {
        this.framing = framing;
        this.keep = (int) Math.min(Integer.MAX_VALUE - 64, maxBytes + 1);
    }

    /** Adds the first {@code count} of {@code bytes}. */
    public void feed(byte[] bytes, int count) {
        if (end + count > buffer.length) {
            int held = end - start;
            byte[] target = held + count > buffer.length ? new byte[Math.max(held + count, 2 * buffer.length)] : buffer;
            System.arraycopy(buffer, start, target, 0, held);
            scanned -= start;
            buffer = target;
            start = 0;
            end = held;
        }
        System.arraycopy(bytes, 0, buffer, end, count);
        end += count;
    }

    /** The next whole body, null if it is not there yet. */
    public @Nullable Bytes next() {
        return framing == Framing.LINES ? nextLine() : nextLength();
    }

    private @Nullable Bytes nextLine() {
        for (int i = Math.max(start, scanned); i < end; i++) {
            if (buffer[i] == '\n') {
                boolean rest = skipLine;
                Bytes line = rest ? null : copy(start, Math.min(i - start, keep));
                start = i + 1;
                scanned = start;
                skipLine = false;
                if (!rest) {
                    return line;
                }
            }
        }
        scanned = end;
        if (skipLine) {
            start = end;
        } else if (end - start >= keep) {
            Bytes line = copy(start, keep);
            start = end;
            skipLine = true;
            return line;
        }
        return null;
    }

    private @Nullable Bytes nextLength() {
        int skipped = (int) Math.min(skip, end - start);
        skip -= skipped;
        start += skipped;
        if (skip > 0 || end - start < HEAD) {
            return null;
        }
        long length = 0;
        for (int i = 0; i < HEAD; i++) {
            length = (length << 8) | (buffer[start + i] & 0xff);
        }
        int kept = (int) Math.min(length, keep);
        if (end - start - HEAD < kept) {
            return null;
        }
        Bytes body = copy(start + HEAD, kept);
        start += HEAD + kept;
        skip = length - kept;
        return body;
    }

    private Bytes copy(int from, int count) {
        return Bytes.wrap(Arrays.copyOfRange(buffer, from, from + count));
    }

    /** At the end of the stream: the last line if no line feed ended it. */
    public @Nullable Bytes lastLine() {
        if (framing == Framing.LENGTH || start == end || skipLine) {
            return null;
        }
        Bytes line = copy(start, end - start);
        start = end;
        return line;
    }

    /** How many bytes are left that make no whole body. */
    public int left() {
        return end - start;
    }
}
