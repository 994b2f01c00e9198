package io.wasmpipes.wasm.engine;

import com.dylibso.chicory.runtime.ConstantEvaluators;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.WasmRuntimeException;
import com.dylibso.chicory.wasm.UninstantiableException;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.PassiveDataSegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Linear memory in one array, exactly as long as the memory is: the array's own bounds check is the memory's, so that an
 * access past the end throws IndexOutOfBoundsException. It must stay the only {@link Memory} class in use, which keeps
 * the compiled guests' call sites monomorphic. One thread.
 */
final class FlatMemory implements Memory {
    /** Pages in the largest memory that fits an array. */
    static final int PAGES_MAX = RUNTIME_MAX_PAGES;

    private static final VarHandle SHORTS = view(short[].class);
    private static final VarHandle INTS = view(int[].class);
    private static final VarHandle LONGS = view(long[].class);
    private static final VarHandle FLOATS = view(float[].class);
    private static final VarHandle DOUBLES = view(double[].class);

    private final MemoryLimits limits;
    private byte[] bytes;
    private DataSegment[] segments = {};
    private boolean denied;

    FlatMemory(MemoryLimits limits) {
        this.limits = limits;
        this.bytes = new byte[Math.multiplyExact(limits.initialPages(), PAGE_SIZE)];
    }

    private static VarHandle view(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
    }

    /** The bytes themselves, until the memory grows. */
    byte[] bytes() {
        return bytes;
    }

    /** Whether growing was refused since {@link #forgetDenial}. */
    boolean denied() {
        return denied;
    }

    void forgetDenial() {
        denied = false;
    }

    /** Makes the content equal to {@code saved}, and the memory as long. */
    void restore(byte[] saved) {
        if (bytes.length != saved.length) {
            bytes = new byte[saved.length];
        }
        System.arraycopy(saved, 0, bytes, 0, saved.length);
    }

    @Override
    public int pages() {
        return bytes.length / PAGE_SIZE;
    }

    @Override
    public int grow(int delta) {
        int before = pages();
        long after = before + Integer.toUnsignedLong(delta);
        if (after > maximumPages()) {
            denied = true;
            return -1;
        }
        try {
            bytes = Arrays.copyOf(bytes, (int) after * PAGE_SIZE);
        } catch (OutOfMemoryError e) { // the heap has no such array: the guest is told as if the limit were lower
            denied = true;
            return -1;
        }
        return before;
    }

    @Override
    public int initialPages() {
        return limits.initialPages();
    }

    @Override
    public int maximumPages() {
        return Math.min(limits.maximumPages(), PAGES_MAX);
    }

    @Override
    public boolean shared() {
        return limits.shared();
    }

    @Override
    @SuppressWarnings("removal")
    public Object lock(int address) {
        return this;
    }

    @Override
    @SuppressWarnings("removal")
    public int waitOn(int address, int expected, long timeout) {
        throw new WasmRuntimeException("memory.atomic.wait in a guest of one thread");
    }

    @Override
    @SuppressWarnings("removal")
    public int waitOn(int address, long expected, long timeout) {
        throw new WasmRuntimeException("memory.atomic.wait in a guest of one thread");
    }

    @Override
    @SuppressWarnings("removal")
    public int notify(int address, int maxThreads) {
        check(address, Integer.BYTES);
        return 0;
    }

    @Override
    public void initialize(Instance instance, DataSegment[] dataSegments) {
        initialize(instance, dataSegments, 0);
    }

    @Override
    public void initialize(Instance instance, DataSegment[] dataSegments, int memoryIndex) {
        segments = dataSegments.clone();
        for (DataSegment segment : segments) {
            if (segment instanceof ActiveDataSegment active && active.index() == memoryIndex) {
                int at = (int) ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions())[0];
                if (at < 0 || (long) at + active.data().length > bytes.length) {
                    throw new UninstantiableException("a data segment lies outside of the memory");
                }
                write(at, active.data());
            }
        }
    }

    @Override
    public void initPassiveSegment(int segmentId, int dest, int offset, int size) {
        write(dest, segments[segmentId].data(), offset, size);
    }

    @Override
    public void drop(int segment) {
        segments[segment] = PassiveDataSegment.EMPTY;
    }

    private void check(int address, int size) {
        if (address < 0 || size < 0 || (long) address + size > bytes.length) {
            throw new WasmRuntimeException("out of bounds memory access");
        }
    }

    @Override
    public void write(int addr, byte[] data, int offset, int size) {
        check(addr, size);
        System.arraycopy(data, offset, bytes, addr, size);
    }

    @Override
    public byte[] readBytes(int addr, int len) {
        check(addr, len);
        return Arrays.copyOfRange(bytes, addr, addr + len);
    }

    @Override
    public void copy(int dest, int src, int size) {
        check(src, size);
        check(dest, size);
        System.arraycopy(bytes, src, bytes, dest, size);
    }

    @Override
    public void fill(byte value, int fromIndex, int toIndex) {
        if (fromIndex < 0 || toIndex < fromIndex || toIndex > bytes.length) {
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
