package io.wasmpipes.wasm.engine;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The memory of a guest as host functions see it. Pointers and lengths are unsigned 32-bit numbers as the guest passed
 * them; each is checked in 64-bit arithmetic before anything is read, written or allocated. What is read is copied.
 */
public final class GuestMemory {
    private final FlatMemory memory;
    private String caller = "";

    GuestMemory(FlatMemory memory) {
        this.memory = memory;
    }

    FlatMemory flat() {
        return memory;
    }

    /** Names the host function that is about to run, for error messages. */
    void calledBy(String function) {
        caller = function;
    }

    /** The length in bytes. */
    public int length() {
        return memory.size();
    }

    /** Copies a range out. */
    public Bytes read(long pointer, long length) throws PoisonException {
        int at = check(pointer, length);
        return length == 0 ? Bytes.EMPTY : Bytes.wrap(Arrays.copyOfRange(memory.bytes(), at, at + (int) length));
    }

    /** Copies a range out, of at most {@code max} bytes; {@code what} names it in the error. */
    public Bytes read(long pointer, long length, int max, String what) throws PoisonException {
        check(pointer, length);
        if (Integer.toUnsignedLong((int) length) > max) {
            throw new PoisonException("passed a %s of %d bytes to %s, at most %d are allowed"
                    .formatted(what, Integer.toUnsignedLong((int) length), caller, max));
        }
        return read(pointer, length);
    }

    /** Copies a range out that must be UTF-8 text of at most {@code max} bytes. */
    public String text(long pointer, long length, int max, String what) throws PoisonException {
        Bytes bytes = read(pointer, length, max, what);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.readOnlyArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new PoisonException("passed a " + what + " that is not UTF-8 to " + caller);
        }
    }

    /** Copies the first {@code max} bytes of a range out as text, whatever its length and encoding: for log lines. */
    public String loose(long pointer, long length, int max) throws PoisonException {
        check(pointer, length);
        return read(pointer, Math.min(Integer.toUnsignedLong((int) length), max))
                .utf8();
    }

    /**
     * Copies as much of {@code source} from {@code from} on as fits into the range.
     *
     * @return how many bytes
     */
    public int write(long pointer, long capacity, Bytes source, long from) throws PoisonException {
        int at = check(pointer, capacity);
        long start = Integer.toUnsignedLong((int) from);
        if (start >= source.length()) {
            return 0;
        }
        int count = (int) Math.min(Integer.toUnsignedLong((int) capacity), source.length() - start);
        source.copyInto((int) start, memory.bytes(), at, count);
        return count;
    }

    private int check(long pointer, long length) throws PoisonException {
        long from = Integer.toUnsignedLong((int) pointer);
        long count = Integer.toUnsignedLong((int) length);
        if (from + count > memory.size()) {
            throw new PoisonException("passed a pointer outside its memory to %s (%d+%d of %d bytes)"
                    .formatted(caller, from, count, memory.size()));
        }
        return (int) from;
    }
}
