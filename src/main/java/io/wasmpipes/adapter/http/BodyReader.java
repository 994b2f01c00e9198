package io.wasmpipes.adapter.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.adapter.http.HttpIngress.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Collects a body of at most {@code max} bytes, having taken room for each part before it is kept. One thread at a time.
 */
final class BodyReader {
    private static final int PART = 64 << 10;
    static final Answer NO_ROOM = Answer.text(503, "no room, the pipe is busy").with("Retry-After", "1");

    /**
     * So much of a body that is refused is read all the same: a connection that is closed while its client still writes is
     * reset, and the answer is lost on the way.
     */
    static final long LINGER = 1 << 20;

    private final long max;
    private final LongPredicate room;
    private final List<byte[]> parts = new ArrayList<>();
    private long length;
    private long discarded;
    private @Nullable Answer refusal;

    /** {@code room} is asked for the length in sum before more is kept. */
    BodyReader(long max, LongPredicate room) {
        this.max = max;
        this.room = room;
    }

    static Answer tooLarge(long max) {
        return Answer.text(413, "the body is larger than " + max + " bytes");
    }

    /** Keeps a part, or discards it after a refusal; false when no more shall come. */
    boolean add(byte[] part) {
        if (refusal == null && length + part.length > max) {
            refuse(tooLarge(max));
        } else if (refusal == null && !room.test(length + part.length)) {
            refuse(NO_ROOM);
        }
        return refusal == null ? keep(part) : discard(part, refusal);
    }

    private void refuse(Answer answer) {
        refusal = answer;
        parts.clear();
    }

    private boolean keep(byte[] part) {
        parts.add(part);
        length += part.length;
        return true;
    }

    private boolean discard(byte[] part, Answer answer) {
        discarded += part.length;
        boolean more = discarded < LINGER;
        if (!more) {
            refusal = answer.closing();
        }
        return more;
    }

    /** What was collected. */
    Bytes whole() throws RefusedException {
        if (refusal != null) {
            throw new RefusedException(refusal);
        }
        if (parts.size() == 1) {
            return Bytes.wrap(parts.getFirst());
        }
        byte[] whole = new byte[Math.toIntExact(length)];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        parts.clear();
        return Bytes.wrap(whole);
    }

    /** Inflates a gzip body into this reader, no further than its bounds allow. */
    Bytes inflate(Bytes raw) throws RefusedException {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(raw.readOnlyArray()))) {
            byte[] part = gzip.readNBytes(PART);
            while (part.length > 0 && add(part)) {
                part = gzip.readNBytes(PART);
            }
        } catch (IOException e) {
            throw new RefusedException(Answer.text(400, "the body is not gzip, as its Content-Encoding says"));
        }
        return whole();
    }
}
