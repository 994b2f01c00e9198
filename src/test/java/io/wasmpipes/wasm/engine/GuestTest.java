package io.wasmpipes.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.ConfigException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.support.Wat;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestTest {
    private static final GuestLimits LIMITS = new GuestLimits(16 << 20, Duration.ofSeconds(5));
    private static Engine engine;

    @BeforeAll
    static void open(@TempDir Path state) {
        engine = new Engine(state, new Ambience(InstantSource.system(), new Random(1)));
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void restoring_brings_back_memory_its_length_and_globals() throws Exception {
        Guest guest = open("""
                (module
                  (memory (export "memory") 1)
                  (global $g (mut i64) (i64.const 7))
                  (data (i32.const 0) "\\05")
                  (func (export "spoil")
                    (drop (memory.grow (i32.const 3)))
                    (i32.store8 (i32.const 0) (i32.const 9))
                    (global.set $g (i64.const -1)))
                  (func (export "sum") (result i64)
                    (i64.add (global.get $g) (i64.extend_i32_u
                      (i32.add (memory.size) (i32.load8_u (i32.const 0)))))))
                """);
        guest.snapshot();
        assertThat(guest.call("sum")).isEqualTo(7 + 1 + 5);
        guest.call("spoil");
        assertThat(guest.call("sum")).isEqualTo(-1 + 4 + 9);
        assertThat(guest.restore()).isTrue();
        assertThat(guest.call("sum")).isEqualTo(7 + 1 + 5);
    }

    @Test
    void a_guest_that_trapped_is_sound_again_once_restored() throws Exception {
        Guest guest = open("""
                (module (memory (export "memory") 1)
                  (func (export "trap") (i32.store (i32.const 0) (i32.const 1)) unreachable)
                  (func (export "get") (result i32) (i32.load (i32.const 0))))
                """);
        guest.snapshot();
        assertThatThrownBy(() -> guest.call("trap"))
                .isInstanceOf(PoisonException.class)
                .hasMessage("trapped: unreachable");
        assertThat(guest.sound()).isFalse();
        assertThat(guest.restore()).isTrue();
        assertThat(guest.sound()).isTrue();
        assertThat(guest.call("get")).isZero();
    }

    @Test
    void a_guest_that_changes_its_table_cannot_be_restored() throws Exception {
        Guest guest = open("""
                (module (memory (export "memory") 1) (table $t 2 funcref) (elem declare func $f)
                  (func $f)
                  (func (export "change") (table.set $t (i32.const 0) (ref.func $f))))
                """);
        guest.snapshot();
        assertThat(guest.restore()).isFalse();
    }

    @Test
    void a_table_that_one_guest_grew_is_small_in_the_next() throws Exception {
        Program program = engine.compile("t", Wat.module("""
                (module (memory (export "memory") 1) (table $t 2 funcref)
                  (func (export "grow") (result i32) (table.grow $t (ref.null func) (i32.const 1000)))
                  (func (export "size") (result i32) (table.size $t)))
                """));
        try (Guest first = open(program)) {
            assertThat(first.call("grow")).isEqualTo(2);
            assertThat(first.call("size")).isEqualTo(1002);
        }
        try (Guest second = open(program)) {
            assertThat(second.call("size")).isEqualTo(2);
        }
    }

    @Test
    void what_cannot_be_bounded_is_refused_before_it_runs() {
        refused("(module (memory 1 2 shared))", "shared memory");
        refused("(module (memory 1) (memory 1))", "one memory");
        assertThatThrownBy(() -> engine.compile("t", io.wasmpipes.Bytes.utf8("no module at all")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("module t: must be a valid WebAssembly module");
    }

    @Test
    void a_module_without_memory_or_with_too_much_is_refused() throws Exception {
        Program none = engine.compile("t", Wat.module("(module)"));
        assertThatThrownBy(() -> none.check(List.of(), LIMITS)).hasMessageContaining("must export its memory");
        Program large = engine.compile("t", Wat.module("(module (memory (export \"memory\") 257))"));
        assertThatThrownBy(() -> large.check(List.of(), LIMITS)).hasMessageContaining("WASM_MEMORY_MAX=16MiB");
    }

    @Test
    void every_import_that_is_not_on_offer_is_told_at_once() throws Exception {
        Program program = engine.compile("t", Wat.module("""
                (module (import "env" "abort" (func (param i32)))
                  (import "host" "known" (func (param i32)))
                  (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
                  (import "env" "table" (table 1 funcref))
                  (memory (export "memory") 1))
                """));
        HostFunction known = HostFunction.of("host", "known", "i64 ->", (memory, a) -> 0);
        assertThatThrownBy(() -> program.check(List.of(known), LIMITS))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("env.abort")
                .hasMessageContaining("--use abort=")
                .hasMessageContaining("host.known (i32) -> ()")
                .hasMessageContaining("env.table")
                .hasMessageNotContaining("fd_write");
    }

    @Test
    void time_in_host_functions_that_wait_does_not_count() throws Exception {
        Program program = engine.compile("t", Wat.module("""
                (module (import "host" "wait" (func $wait)) (memory (export "memory") 1)
                  (func (export "patient") (call $wait))
                  (func (export "spin") (call $wait) (loop $l (br $l))))
                """));
        HostFunction wait = HostFunction.blocking("host", "wait", "->", (memory, a) -> {
            Thread.sleep(300);
            return 0;
        });
        GuestLimits tight = new GuestLimits(1 << 20, Duration.ofMillis(100));
        try (Guest guest = program.open(List.of(wait), tight, log())) {
            guest.started();
            guest.call("patient");
            assertThatThrownBy(() -> guest.call("spin")).hasMessage("time limit 100ms exceeded");
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void wasi_is_there_with_nothing_behind_it() throws Exception {
        Guest guest = open("""
                (module
                  (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
                  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $e (param i32 i32) (result i32)))
                  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $p (param i32 i32) (result i32)))
                  (import "wasi_snapshot_preview1" "proc_exit" (func $x (param i32)))
                  (memory (export "memory") 1)
                  (data (i32.const 0) "\\08\\00\\00\\00\\06\\00\\00\\00hello\\n")
                  (func (export "write") (result i32) (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))
                  (func (export "variables") (result i32)
                    (drop (call $e (i32.const 40) (i32.const 44))) (i32.load (i32.const 40)))
                  (func (export "folder") (result i32) (call $p (i32.const 3) (i32.const 48)))
                  (func (export "exit") (call $x (i32.const 3))))
                """);
        assertThat(guest.call("write")).isZero();
        assertThat(guest.call("variables")).isZero();
        assertThat(guest.call("folder")).as("bad file descriptor").isEqualTo(8);
        assertThatThrownBy(() -> guest.call("exit")).hasMessage("exited with code 3");
    }

    private static Guest open(String wat) throws Exception {
        return open(engine.compile("t", Wat.module(wat)));
    }

    private static Guest open(Program program) throws Exception {
        program.check(List.of(), LIMITS);
        return program.open(List.of(), LIMITS, log());
    }

    private static GuestLog log() {
        return new GuestLog("t", System::nanoTime);
    }

    private static void refused(String wat, String why) {
        assertThatThrownBy(() -> engine.compile("t", Wat.module(wat)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(why);
    }
}
