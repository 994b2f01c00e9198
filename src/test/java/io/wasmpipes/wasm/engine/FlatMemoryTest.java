package io.wasmpipes.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.runtime.WasmRuntimeException;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FlatMemoryTest {
    private static final int END = 65_536;

    private final FlatMemory memory = memory(3);

    @Test
    void numbers_are_little_endian() {
        memory.writeI32(8, 0x01020304);
        assertThat(memory.readBytes(8, 4)).containsExactly(4, 3, 2, 1);
        memory.writeLong(16, 0x0102030405060708L);
        assertThat(memory.read(16)).isEqualTo((byte) 8);
        memory.writeShort(24, (short) 0xFEDC);
        assertThat(memory.readU16(24)).isEqualTo(0xFEDC);
        assertThat(memory.readShort(24)).isEqualTo((short) 0xFEDC);
        memory.writeF32(28, 1.5f);
        assertThat(memory.readFloat(28)).isEqualTo(1.5f);
        assertThat((int) memory.readF32(28)).isEqualTo(Float.floatToRawIntBits(1.5f));
        memory.writeF64(32, -2.25);
        assertThat(memory.readDouble(32)).isEqualTo(-2.25);
        assertThat(memory.readF64(32)).isEqualTo(Double.doubleToRawLongBits(-2.25));
    }

    @Test
    void the_last_bytes_can_be_reached_and_none_after_them() {
        memory.writeByte(END - 1, (byte) 1);
        memory.writeShort(END - 2, (short) 1);
        memory.writeI32(END - 4, 1);
        memory.writeLong(END - 8, 1);
        memory.writeF32(END - 4, 1);
        memory.writeF64(END - 8, 1);
        for (int beyond : List.of(0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE - END)) {
            outside(() -> memory.read(END + beyond - (beyond < 0 ? END : 0)));
        }
        for (int at : List.of(END, -1, Integer.MIN_VALUE, Integer.MAX_VALUE)) {
            outside(() -> memory.writeByte(at, (byte) 1));
            outside(() -> memory.readShort(at));
            outside(() -> memory.readInt(at));
            outside(() -> memory.readLong(at));
            outside(() -> memory.readFloat(at));
            outside(() -> memory.readDouble(at));
        }
        outside(() -> memory.readShort(END - 1));
        outside(() -> memory.writeI32(END - 3, 1));
        outside(() -> memory.writeLong(END - 7, 1));
    }

    @Test
    void ranges_are_checked_without_overflow() {
        assertThat(memory.readBytes(END, 0)).isEmpty();
        trapped(() -> memory.readBytes(END, 1));
        trapped(() -> memory.readBytes(1, Integer.MAX_VALUE));
        trapped(() -> memory.readBytes(-1, 1));
        trapped(() -> memory.readBytes(0, -1));
        trapped(() -> memory.write(END - 3, new byte[4]));
        trapped(() -> memory.copy(END - 3, 0, 4));
        trapped(() -> memory.copy(0, END - 3, 4));
        trapped(() -> memory.fill((byte) 1, 5, -1));
        trapped(() -> memory.fill((byte) 1, 0, END + 1));
        trapped(() -> memory.fill((byte) 1, 5, 4));
        memory.fill((byte) 7, END - 2, END);
        memory.copy(0, END - 2, 2);
        assertThat(memory.readBytes(0, 3)).containsExactly(7, 7, 0);
    }

    @Test
    void overlapping_copies_keep_the_bytes() {
        memory.write(0, new byte[] {1, 2, 3, 4});
        memory.copy(1, 0, 4);
        assertThat(memory.readBytes(0, 5)).containsExactly(1, 1, 2, 3, 4);
    }

    @Test
    void it_grows_up_to_its_maximum_and_keeps_what_it_holds() {
        memory.writeI32(END - 4, 42);
        assertThat(memory.grow(1)).isEqualTo(1);
        assertThat(memory.readInt(END - 4)).isEqualTo(42);
        assertThat(memory.readInt(END)).isZero();
        assertThat(memory.grow(-1)).isEqualTo(-1);
        assertThat(memory.grow(2)).isEqualTo(-1);
        assertThat(memory.denial()).isEqualTo(FlatMemory.Denial.LIMIT);
        assertThat(memory.grow(1)).isEqualTo(2);
        assertThat(memory.grow(0)).isEqualTo(3);
        assertThat(memory.pages()).isEqualTo(3);
    }

    @Test
    void a_large_memory_grows_by_pages_without_copying_each_time_and_shows_zeros() {
        FlatMemory large = memory(1024);
        int copies = 0;
        for (int pages = 1; pages < 1024; pages++) {
            int before = large.bytes().length;
            assertThat(large.grow(1)).isEqualTo(pages);
            copies += before == large.bytes().length ? 0 : 1;
            assertThat(large.readLong(large.size() - 8)).isZero();
            large.writeLong(large.size() - 8, -1);
            large.writeLong(Math.min(large.size(), large.bytes().length - 8), -1);
        }
        assertThat(copies).isLessThan(100);
        trapped(() -> large.readBytes(large.size() - 1, 2));
    }

    @Test
    void the_memories_of_all_guests_share_one_budget() {
        MemoryBudget budget = new MemoryBudget(3L * END);
        FlatMemory one = new FlatMemory(new MemoryLimits(0, 9), budget);
        FlatMemory two = new FlatMemory(new MemoryLimits(0, 9), budget);
        assertThat(one.grow(2)).isZero();
        assertThat(two.grow(2)).isEqualTo(-1);
        assertThat(two.denial()).isEqualTo(FlatMemory.Denial.HEAP);
        assertThat(two.grow(1)).isZero();
        one.restore(new byte[END]);
        assertThat(two.grow(1)).isEqualTo(1);
        one.release();
        two.release();
        assertThat(budget.used()).isZero();
    }

    @Test
    void restoring_also_restores_the_length() {
        byte[] saved = memory.save();
        memory.grow(1);
        memory.writeI32(0, 42);
        memory.restore(saved);
        assertThat(memory.pages()).isEqualTo(1);
        assertThat(memory.readInt(0)).isZero();
        memory.writeI32(0, 1);
        assertThat(saved[0]).as("the snapshot is not the memory").isZero();
    }

    @Test
    void atomics_work_for_the_one_thread_there_is() {
        assertThat(memory.atomicAddInt(0, 5)).isZero();
        assertThat(memory.atomicCmpxchgInt(0, 5, 9)).isEqualTo(5);
        assertThat(memory.atomicReadInt(0)).isEqualTo(9);
        assertThat(memory.atomicNotify(0, 1)).isZero();
        trapped(() -> memory.atomicWait(0, 9, -1));
    }

    private static FlatMemory memory(int maximum) {
        return new FlatMemory(new MemoryLimits(1, maximum), new MemoryBudget(Long.MAX_VALUE / 2));
    }

    private static void outside(ThrowingCallable access) {
        assertThatThrownBy(access).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static void trapped(ThrowingCallable access) {
        assertThatThrownBy(access).isInstanceOf(WasmRuntimeException.class);
    }
}
