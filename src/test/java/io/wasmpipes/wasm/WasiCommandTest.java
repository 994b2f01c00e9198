package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs of WASI, written in text. */
class WasiCommandTest {
    private GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder);
    }

    @AfterEach
    void close() {
        guests.close();
    }

    /** Reads up to 60,000 bytes of stdin to 100, writes {@code times} times what it read to {@code descriptor}, then {@code end}. */
    private static String command(int descriptor, int times, String end) {
        return """
                (module
                (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
                (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
                (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
                (memory (export "memory") 1)
                (global $runs (mut i32) (i32.const 0))
                (func (export "_start") (local $i i32)
                  (global.set $runs (i32.add (global.get $runs) (i32.const 1)))
                  (i32.store (i32.const 0) (i32.const 100))
                  (i32.store (i32.const 4) (i32.const 60000))
                  (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
                  (i32.store (i32.const 4) (i32.load (i32.const 8)))
                  (local.set $i (i32.const %d))
                  (block $done (loop $more
                    (br_if $done (i32.eqz (local.get $i)))
                    (drop (call $write (i32.const %d) (i32.const 0) (i32.const 1) (i32.const 8)))
                    (local.set $i (i32.sub (local.get $i) (i32.const 1)))
                    (br $more)))
                  %s))""".formatted(times, descriptor, end);
    }

    @Test
    void stdin_is_the_body_and_stdout_the_new_one() throws Exception {
        Stage stage = guests.open(command(1, 2, ""));
        assertThat(bodies(guests.run(stage, "ab"))).containsExactly("abab");
        assertThat(bodies(guests.run(stage, ""))).containsExactly("");
    }

    @Test
    void exit_code_0_accepts_75_asks_for_a_retry_and_others_reject_with_stderr_as_the_reason() throws Exception {
        assertThat(bodies(guests.run(guests.open(command(1, 1, "(call $exit (i32.const 0))")), "x")))
                .containsExactly("x");
        Stage retry = guests.open(command(2, 1, "(call $exit (i32.const 75))"));
        assertThatThrownBy(() -> guests.run(retry, "later"))
                .isInstanceOf(TransientException.class)
                .hasMessage("guest: later");
        Stage reject = guests.open(command(2, 1, "(call $exit (i32.const 3))"));
        assertThatThrownBy(() -> guests.run(reject, "no good"))
                .isInstanceOf(PoisonException.class)
                .hasMessage("no good");
        Stage silent = guests.open(command(2, 0, "(call $exit (i32.const 3))"));
        assertThatThrownBy(() -> guests.run(silent, "x")).hasMessage("exited with code 3");
    }

    /** Its main returns at once: taken for a command it would empty every message. */
    @Test
    void what_is_called_through_another_export_is_no_command() {
        String older = command(1, 1, "")
                .replaceFirst(
                        "\\(memory", "(func (export \"process\") (param i32 i32) (result i64) (i64.const 0)) (memory");
        assertThatThrownBy(() -> guests.open(older)).hasMessageContaining("none of the known ABIs");
        String camel = command(1, 1, "")
                .replaceFirst("\\(memory", "(func (export \"alloc\")) (func (export \"dealloc\")) (memory");
        assertThatThrownBy(() -> guests.open(camel)).hasMessageContaining("none of the known ABIs");
    }

    @Test
    void every_message_has_a_new_instance() throws Exception {
        Stage stage = guests.open(command(1, 1, "(if (i32.ne (global.get $runs) (i32.const 1)) (then unreachable))"));
        for (int i = 0; i < 3; i++) {
            assertThat(bodies(guests.run(stage, "x"))).containsExactly("x");
        }
    }

    @Test
    void outputs_above_the_limit_are_poison_and_so_are_traps_and_loops() throws Exception {
        Stage much = guests.open(command(1, 1_000_000, ""));
        assertThatThrownBy(() -> guests.run(much, "0123456789".repeat(100)))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("WASM_OUTPUT_BYTES_MAX=5000");
        Stage some = guests.open(command(1, 6, ""));
        assertThatThrownBy(() -> guests.run(some, "0123456789".repeat(100)))
                .hasMessageContaining("WASM_OUTPUT_BYTES_MAX=5000");
        assertThat(guests.run(guests.open(command(1, 5, "")), "0123456789".repeat(100))
                        .getFirst()
                        .body())
                .isEqualTo(Bytes.utf8("0123456789".repeat(500)));
        Stage trap = guests.open(command(1, 1, "unreachable"));
        assertThatThrownBy(() -> guests.run(trap, "x")).hasMessageContaining("unreachable");
        Stage loop = guests.hasty(command(1, 1, "(loop $for (br $for))"));
        assertThatThrownBy(() -> guests.run(loop, "x")).hasMessageContaining("time limit 1s exceeded");
    }
}
