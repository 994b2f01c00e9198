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

/** What the engine asks of a memory besides its bytes: data segments, and atomics for the one thread there is. */
abstract class EngineMemory implements Memory {
    /** Pages in the largest memory that fits an array. */
    static final int PAGES_MAX = RUNTIME_MAX_PAGES;

    private final MemoryLimits limits;
    private DataSegment[] segments = {};

    EngineMemory(MemoryLimits limits) {
        this.limits = limits;
    }

    /** The length in bytes. */
    abstract int size();

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
    public void initialize(Instance instance, DataSegment[] dataSegments) {
        initialize(instance, dataSegments, 0);
    }

    @Override
    public void initialize(Instance instance, DataSegment[] dataSegments, int memoryIndex) {
        segments = dataSegments.clone();
        for (DataSegment segment : segments) {
            if (segment instanceof ActiveDataSegment active && active.index() == memoryIndex) {
                int at = (int) ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions())[0];
                if (at < 0 || (long) at + active.data().length > size()) {
                    throw new UninstantiableException("a data segment lies outside of the memory");
                }
                write(at, active.data());
            }
        }
    }

    @Override
    public void initPassiveSegment(int segmentId, int dest, int offset, int length) {
        write(dest, segments[segmentId].data(), offset, length);
    }

    @Override
    public void drop(int segment) {
        segments[segment] = PassiveDataSegment.EMPTY;
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
        readInt(address); // traps outside
        return 0;
    }
}
