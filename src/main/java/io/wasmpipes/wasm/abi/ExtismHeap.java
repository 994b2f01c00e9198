package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.wasm.engine.MemoryBudget;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The memory that an Extism host keeps for its guest: blocks at 64-bit offsets, 0 being none. All of it is gone after the
 * message. Every offset and length comes from the guest and is checked here. One thread.
 */
final class ExtismHeap {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int FIRST = 16;
    private static final int KEPT = 1 << 20;
    private static final int SMALL = 4096;
    private static final int ALIGNMENT = 8;

    /** Each is an entry on the heap of the host. */
    private static final int BLOCKS_MAX = 1 << 16;

    private static final int BLOCKS_KEPT = 1 << 10;

    private final int limit;
    private final MemoryBudget budget;
    private Map<Long, Integer> blocks = new HashMap<>();
    private byte[] bytes = new byte[SMALL];
    private int end = FIRST;

    /**
     * An empty heap.
     *
     * @param limit bytes it may grow to
     * @param budget what it shares with the memories of all guests
     */
    ExtismHeap(long limit, MemoryBudget budget) {
        this.budget = budget;
        this.limit = (int) Math.min(limit, Integer.MAX_VALUE - ALIGNMENT);
    }

    /** Forgets everything: nothing of a message may be seen by the next. */
    void reset() {
        if (blocks.size() > BLOCKS_KEPT) {
            blocks = new HashMap<>();
        } else {
            blocks.clear();
        }
        if (bytes.length > KEPT) {
            shrink();
        } else {
            Arrays.fill(bytes, 0, end, (byte) 0);
        }
        end = FIRST;
    }

    private void shrink() {
        budget.release((long) bytes.length - SMALL);
        bytes = new byte[SMALL];
    }

    /** Gives its memory back. */
    void close() {
        shrink();
    }

    /** The offset of a new block, 0 if there is no room. */
    long allocate(long length) {
        if (length <= 0 || length > limit - end || blocks.size() >= BLOCKS_MAX) {
            return 0;
        }
        int offset = end;
        int next = end + (int) Math.min(length + (-length & (ALIGNMENT - 1)), limit - end);
        if (next > bytes.length && !grow(next)) {
            return 0;
        }
        end = next;
        blocks.put((long) offset, (int) length);
        return offset;
    }

    private boolean grow(int least) {
        int length = (int) Math.min(limit, Math.max(least, 2L * bytes.length));
        if (!budget.reserve((long) length - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, length);
        return true;
    }

    /** The offset of a new block with this in it, 0 for nothing. */
    long put(Bytes content) throws PoisonException {
        if (content.isEmpty()) {
            return 0;
        }
        long offset = allocate(content.length());
        if (offset == 0) {
            throw new PoisonException("the memory of its Extism host is full, WASM_MEMORY_MAX=" + limit
                    + " and half of the heap for all guests");
        }
        content.copyInto(0, bytes, (int) offset, content.length());
        return offset;
    }

    /** Frees a block; what is no block is passed over. */
    void free(long offset) {
        Integer length = blocks.remove(offset);
        if (length != null && offset + length + (-length & (ALIGNMENT - 1)) == end) {
            Arrays.fill(bytes, (int) offset, end, (byte) 0);
            end = (int) offset;
        }
    }

    /** The length of the block at {@code offset}, 0 if there is none. */
    long length(long offset) {
        return blocks.getOrDefault(offset, 0);
    }

    /** The whole block at {@code offset}; empty if there is none. */
    Bytes block(long offset) throws PoisonException {
        return read(offset, length(offset));
    }

    Bytes read(long offset, long length) throws PoisonException {
        if (length == 0) {
            return Bytes.EMPTY;
        }
        int at = check(offset, length);
        return Bytes.wrap(Arrays.copyOfRange(bytes, at, at + (int) length));
    }

    long loadByte(long offset) throws PoisonException {
        return bytes[check(offset, 1)] & 0xff;
    }

    void storeByte(long offset, long value) throws PoisonException {
        bytes[check(offset, 1)] = (byte) value;
    }

    long loadLong(long offset) throws PoisonException {
        return (long) LONG.get(bytes, check(offset, Long.BYTES));
    }

    void storeLong(long offset, long value) throws PoisonException {
        LONG.set(bytes, check(offset, Long.BYTES), value);
    }

    private int check(long offset, long length) throws PoisonException {
        if (offset < FIRST || length < 0 || length > end - FIRST || offset > end - length) {
            throw new PoisonException("reached outside the memory of its Extism host (%s+%s of %d bytes)"
                    .formatted(Long.toUnsignedString(offset), Long.toUnsignedString(length), end));
        }
        return (int) offset;
    }
}
