package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.v1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope.Usage;
import io.wasmpipes.Stage;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.support.Wat;
import io.wasmpipes.wasm.abi.CacheLimits;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest writes to the cache only so much with a message: 100 times and 4 MiB in these tests. */
class CacheLimitsTest {
    /** Reads the first byte of its input, n, and does n times what the second one says, with a key of 2 bytes and a value of 1 MiB. */
    private static final String WRITER = v1("""
            input_read (param i32 i32 i32) (result i32)
            cache_get (param i32 i32 i32 i32) (result i32)
            cache_set (param i32 i32 i32 i32 i64)
            cache_delete (param i32 i32)
            cache_put_if_absent (param i32 i32 i32 i32 i64) (result i32)
            cache_increment (param i32 i32 i64 i64) (result i64)
            drop
            """, """
            (func (export "on_message") (result i32) (local $n i32)
              (drop (memory.grow (i32.const 20)))
              (drop (call $input_read (i32.const 0) (i32.const 0) (i32.const 2)))
              (local.set $n (i32.load8_u (i32.const 0)))
              (i32.store16 (i32.const 16) (i32.const 24929))
              (loop $more
                (if (i32.eq (i32.load8_u (i32.const 1)) (i32.const 115)) (then
                  (call $cache_set (i32.const 16) (i32.const 2) (i32.const 64) (i32.const 1048576) (i64.const 0))))
                (if (i32.eq (i32.load8_u (i32.const 1)) (i32.const 100)) (then
                  (call $cache_delete (i32.const 16) (i32.const 2))))
                (if (i32.eq (i32.load8_u (i32.const 1)) (i32.const 112)) (then
                  (drop (call $cache_put_if_absent (i32.const 16) (i32.const 2) (i32.const 64) (i32.const 1) (i64.const 0)))))
                (if (i32.eq (i32.load8_u (i32.const 1)) (i32.const 105)) (then
                  (drop (call $cache_increment (i32.const 16) (i32.const 2) (i64.const 1) (i64.const 0)))))
                (if (i32.eq (i32.load8_u (i32.const 1)) (i32.const 103)) (then
                  (drop (call $cache_get (i32.const 16) (i32.const 2) (i32.const 0) (i32.const 0)))))
                (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (call $drop)
              (i32.const 0))""");

    private GuestStage guests;
    private Stage stage;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        guests = new GuestStage(folder);
        WasmLimits all = GuestStage.LIMITS;
        WasmLimits few = new WasmLimits(all.memoryMax(), all.timeout(), all.outputs(), new CacheLimits(100, 4 << 20));
        ModuleImage image = ModuleImage.of("guest.wasm", Wat.module(WRITER));
        stage = guests.open(new ModuleSpec("guest", image, Map.of(), null, null, few));
    }

    @AfterEach
    void close() {
        guests.close();
    }

    private static String times(int n, char what) {
        return "" + (char) n + what;
    }

    @Test
    void writes_are_limited_in_number_and_reads_are_not() throws Exception {
        for (char write : new char[] {'d', 'p', 'i'}) {
            guests.run(stage, times(100, write));
            assertThatThrownBy(() -> guests.run(stage, times(101, write)))
                    .as("%s", write)
                    .isInstanceOf(PoisonException.class)
                    .hasMessage("wrote more often to the cache than WASM_CACHE_WRITES_MAX=100");
        }
        guests.run(stage, times(127, 'g'));
        guests.run(stage, times(100, 'd'));
    }

    @Test
    void writes_are_limited_in_bytes() throws Exception {
        guests.run(stage, times(3, 's'));
        assertThatThrownBy(() -> guests.run(stage, times(4, 's')))
                .isInstanceOf(PoisonException.class)
                .hasMessage("wrote more bytes to the cache than WASM_CACHE_BYTES_MAX=4194304");
        guests.run(stage, times(1, 's'));
    }

    @Test
    void what_is_used_is_told() throws Exception {
        guests.run(stage, times(2, 's'));
        guests.run(stage, times(3, 'd'));
        guests.run(stage, times(4, 'g'));
        assertThat(guests.usages)
                .isEqualTo(Map.of(
                        Usage.CACHE_READS, 4L, Usage.CACHE_WRITES, 5L, Usage.CACHE_WRITTEN_BYTES, 2L * 1048578 + 6));
    }
}
