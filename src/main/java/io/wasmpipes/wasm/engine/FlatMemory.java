package io.wasmpipes.wasm.engine;

import com.dylibso.chicory.runtime.WasmRuntimeException;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Linear memory in one array, whose own bounds check is the memory's: an access past the end throws
 * IndexOutOfBoundsException. Up to {@link #EXACT_MAX} the array is exactly as long as the memory. A larger memory that grew
 * has an eighth to spare, since a guest that grows page by page would copy it all each time; there an access just past the
 * end meets zeros of the guest's own instead of a trap. It must stay the only {@link com.dylibso.chicory.runtime.Memory} class in use, which keeps the
 * compiled guests' call sites monomorphic. One thread.
 */
final class FlatMemory extends EngineMemory {
    private static final int EXACT_MAX = 4 << 20;

    private static final VarHandle SHORTS = view(short[].class);
    private static final VarHandle INTS = view(int[].class);
    private static final VarHandle LONGS = view(long[].class);
    private static final VarHandle FLOATS = view(float[].class);
    private static final VarHandle DOUBLES = view(double[].class);

    private final MemoryBudget budget;
    private byte[] bytes;
    private int size;
    private Denial denial = Denial.NONE;

    /** Why growing was refused. */
    enum Denial {
        NONE,
        LIMIT,
        HEAP
    }

    /** A memory of the initial size, for which {@code budget} has been asked already. */
    FlatMemory(MemoryLimits limits, MemoryBudget budget) {
        super(limits);
        this.budget = budget;
        this.size = Math.multiplyExact(limits.initialPages(), PAGE_SIZE);
        this.bytes = new byte[size];
    }

    private static VarHandle view(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
    }

    /** The bytes themselves, until the memory grows; there may be more of them than {@link #size}. */
    byte[] bytes() {
        return bytes;
    }

    @Override
    int size() {
        return size;
    }

    /** Why growing was refused since {@link #forgetDenial}. */
    Denial denial() {
        return denial;
    }

    void forgetDenial() {
        denial = Denial.NONE;
    }

    /** A copy of the content. */
    byte[] save() {
        return Arrays.copyOf(bytes, size);
    }

    /** Makes the content equal to {@code saved}, and the memory as long. */
    void restore(byte[] saved) {
        if (bytes.length != saved.length) {
            budget.release((long) bytes.length - saved.length);
            bytes = new byte[saved.length];
        }
        System.arraycopy(saved, 0, bytes, 0, saved.length);
        size = saved.length;
    }

    /** Gives the budget back; the memory must not be used any more. */
    void release() {
        budget.release(bytes.length);
        bytes = new byte[0];
        size = 0;
    }

    @Override
    public int pages() {
        return size / PAGE_SIZE;
    }

    @Override
    public int grow(int delta) {
        int before = pages();
        long after = before + Integer.toUnsignedLong(delta);
        if (after > maximumPages()) {
            denial = Denial.LIMIT;
            return -1;
        }
        if (!makeRoom((int) after * PAGE_SIZE)) {
            denial = Denial.HEAP;
            return -1;
        }
        Arrays.fill(bytes, size, (int) after * PAGE_SIZE, (byte) 0); // the guest may have been there before
        size = (int) after * PAGE_SIZE;
        return before;
    }

    private boolean makeRoom(int wanted) {
        if (wanted <= bytes.length) {
            return true;
        }
        int spare = wanted <= EXACT_MAX ? 0 : wanted / 8 / PAGE_SIZE * PAGE_SIZE;
        int length = (int) Math.min((long) wanted + spare, (long) maximumPages() * PAGE_SIZE);
        long more = (long) length - bytes.length;
        if (!budget.reserve(more)) {
            return false;
        }
        try {
            bytes = budget.move(bytes, length);
            return true;
        } catch (OutOfMemoryError e) { // the heap has no such array: the guest is told as if the limit were lower
            budget.release(more);
            return false;
        }
    }

    private void check(int address, int length) {
        if (address < 0 || length < 0 || (long) address + length > size) {
            throw new WasmRuntimeException("out of bounds memory access");
        }
    }

    @Override
    public void write(int addr, byte[] data, int offset, int length) {
        check(addr, length);
        System.arraycopy(data, offset, bytes, addr, length);
    }

    @Override
    public byte[] readBytes(int addr, int len) {
        check(addr, len);
        return Arrays.copyOfRange(bytes, addr, addr + len);
    }

    @Override
    public void copy(int dest, int src, int length) {
        check(src, length);
        check(dest, length);
        System.arraycopy(bytes, src, bytes, dest, length);
    }

    @Override
    public void fill(byte value, int fromIndex, int toIndex) {
        if (fromIndex < 0 || toIndex < fromIndex || toIndex > size) {
            throw new WasmRuntimeException("out of bounds memory access");
        }
        Arrays.fill(bytes, fromIndex, toIndex, value);
    }

    @Override
    public void zero() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public byte read(int addr) {
        return bytes[addr];
    }

    @Override
    public void writeByte(int addr, byte data) {
        bytes[addr] = data;
    }

    @Override
    public short readShort(int addr) {
        return (short) SHORTS.get(bytes, addr);
    }

    @Override
    public long readU16(int addr) {
        return Short.toUnsignedLong((short) SHORTS.get(bytes, addr));
    }

    @Override
    public void writeShort(int addr, short data) {
        SHORTS.set(bytes, addr, data);
    }

    @Override
    public int readInt(int addr) {
        return (int) INTS.get(bytes, addr);
    }

    @Override
    public void writeI32(int addr, int data) {
        INTS.set(bytes, addr, data);
    }

    @Override
    public long readLong(int addr) {
        return (long) LONGS.get(bytes, addr);
    }

    @Override
    public void writeLong(int addr, long data) {
        LONGS.set(bytes, addr, data);
    }

    @Override
    public float readFloat(int addr) {
        return (float) FLOATS.get(bytes, addr);
    }

    @Override
    public long readF32(int addr) {
        return readInt(addr);
    }

    @Override
    public void writeF32(int addr, float data) {
        FLOATS.set(bytes, addr, data);
    }

    @Override
    public double readDouble(int addr) {
        return (double) DOUBLES.get(bytes, addr);
    }

    @Override
    public long readF64(int addr) {
        return readLong(addr);
    }

    @Override
    public void writeF64(int addr, double data) {
        DOUBLES.set(bytes, addr, data);
    }
}
