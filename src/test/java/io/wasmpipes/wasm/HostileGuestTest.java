package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static io.wasmpipes.wasm.GuestStage.v1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.helpers.NOPAppender;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Guests that misbehave when the message is not empty: poison with a reason, and the next message is fine. */
@Timeout(180)
class HostileGuestTest {
    private GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder);
    }

    @AfterEach
    void close() {
        guests.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            endless loop            | (loop $l (br $l))                                            | time limit 1s exceeded
            endless recursion       | (call $recurse)                                              | call stack exhausted
            endless mutual recursion through the table | (call_indirect (i32.const 1))            | call stack exhausted
            trap                    | unreachable                                                  | trapped: unreachable
            allocation without end  | (loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable | memory limit 4MiB reached, then trapped: unreachable
            allocation in a loop    | (loop $l (drop (memory.grow (i32.const 1))) (br $l))         | time limit 1s exceeded
            table without end       | (loop $l (drop (table.grow $t (ref.null func) (i32.const 9999))) (br $l)) | time limit 1s exceeded
            read outside            | (drop (i32.load (i32.const 65533)))                          | trapped: out of bounds memory access
            read far outside        | (drop (i64.load (i32.const -8)))                             | trapped: out of bounds memory access
            write outside           | (i64.store (i32.const 65530) (i64.const 1))                  | trapped: out of bounds memory access
            fill outside            | (memory.fill (i32.const 1) (i32.const 0) (i32.const -1))     | trapped: out of bounds memory access
            copy outside            | (memory.copy (i32.const 65000) (i32.const 0) (i32.const 600)) | trapped: out of bounds memory access
            init outside            | (memory.init $d (i32.const 0) (i32.const 1) (i32.const 9))   | trapped: out of bounds memory access
            division by zero        | (drop (i32.div_s (i32.const 1) (local.get $zero)))           | trapped: integer divide by zero
            call of nothing         | (call_indirect (i32.const 0))                                | trapped: uninitialized element 0
            call outside the table  | (call_indirect (i32.const 77))                               | trapped: undefined element
            a mistake in the engine | (drop (table.grow $u (ref.null func) (i32.const 2147483647))) | the engine failed: NegativeArraySizeException
            """)
    void a_guest_that_misbehaves_poisons_its_message_only(String what, String code, String reason) throws Exception {
        String wat = v1("input_len (result i32)\nemit (param i32 i32)", """
                (table $t 2 funcref)
                (table $u 2 funcref)
                (elem (table $t) (i32.const 1) func $recurse)
                (data $d "abc")
                (func $recurse (call $recurse) (call $recurse))
                (func (export "on_message") (result i32) (local $zero i32)
                  (if (call $input_len) (then %s))
                  (call $emit (i32.const 0) (i32.const 0))
                  (i32.const 0))
                """.formatted(code));
        Stage stage = reason.startsWith("time limit") ? guests.hasty(wat) : guests.open(wat);
        for (int round = 0; round < 2; round++) {
            assertThatThrownBy(() -> guests.run(stage, "x"))
                    .as(what)
                    .isInstanceOf(PoisonException.class)
                    .message()
                    .isNotNull()
                    .startsWith(reason)
                    .doesNotContain("\n");
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(bodies(guests.run(stage, ""))).as("the next message").containsExactly("");
        }
    }

    @Test
    void outputs_are_bounded_in_number_and_bytes() throws Exception {
        Stage stage = guests.open(v1("input_len (result i32)\nemit (param i32 i32)", """
                (func (export "on_message") (result i32)
                  (if (i32.eqz (call $input_len)) (then (call $emit (i32.const 0) (i32.const 1)) (return (i32.const 0))))
                  (if (i32.eq (call $input_len) (i32.const 1)) (then (loop $l (call $emit (i32.const 0) (i32.const 1)) (br $l))))
                  (call $emit (i32.const 0) (i32.const 60000)) (i32.const 0))
                """));
        assertThatThrownBy(() -> guests.run(stage, "x")).hasMessage("made more outputs than WASM_OUTPUTS_MAX=5");
        assertThatThrownBy(() -> guests.run(stage, "xx"))
                .hasMessage("made more bytes of output than WASM_OUTPUT_BYTES_MAX=5000");
        assertThat(guests.run(stage, "")).hasSize(1);
    }

    @Test
    void headers_set_without_end_are_bounded_too() throws Exception {
        Stage stage = guests.open(v1("out_header_set (param i32 i32 i32 i32)", """
                (data (i32.const 0) "abc")
                (func (export "on_message") (result i32)
                  (loop $l (call $out_header_set (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 99)) (br $l))
                  (i32.const 0))
                """));
        assertThatThrownBy(() -> guests.run(stage, "x")).hasMessageContaining("WASM_OUTPUT_BYTES_MAX");
    }

    @Test
    void a_guest_that_writes_to_its_log_without_end_ends_with_its_time() throws Exception {
        Stage stage = guests.hasty("""
                (module
                  (import "wasmpipes_v1" "input_len" (func $input_len (result i32)))
                  (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
                  (memory (export "memory") 16)
                  (func (export "on_message") (result i32) (local $i i32)
                    (loop $fill
                      (i32.store (i32.add (i32.const 4) (local.get $i)) (i32.const 1000000))
                      (local.set $i (i32.add (local.get $i) (i32.const 8)))
                      (br_if $fill (i32.lt_u (local.get $i) (i32.const 1000000))))
                    (drop (call $w (i32.const 1) (i32.const 0) (i32.const 125000) (i32.const 1000008)))
                    (loop $l (br $l)) (i32.const 0)))
                """);
        assertThatThrownBy(() -> guests.run(stage, "x")).hasMessage("time limit 1s exceeded");
    }

    @Test
    void recursion_that_calls_the_host_on_its_way_leaves_the_host_working() throws Exception {
        Stage stage = guests.open(v1("""
                emit (param i32 i32)
                input_len (result i32)
                cache_increment (param i32 i32 i64 i64) (result i64)
                log (param i32 i32 i32)
                """, """
                (data (i32.const 0) "k")
                (func $recurse
                  (drop (call $cache_increment (i32.const 0) (i32.const 1) (i64.const 1) (i64.const 0)))
                  (call $log (i32.const 3) (i32.const 0) (i32.const 1))
                  (call $recurse) (call $recurse))
                (func (export "on_message") (result i32)
                  (if (call $input_len) (then (call $recurse)))
                  (call $emit (i32.const 0) (i32.const 1)) (i32.const 0))
                """));
        Logger logger = (Logger) LoggerFactory.getLogger("module.guest");
        logger.setAdditive(false);
        NOPAppender<ILoggingEvent> nowhere = new NOPAppender<>();
        nowhere.start();
        logger.addAppender(nowhere);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> guests.run(stage, "x"))
                    .isInstanceOf(PoisonException.class)
                    .message()
                    .isEqualTo("call stack exhausted");
            assertThat(guests.run(stage, "")).hasSize(1);
        }
    }

    @Test
    void messages_and_cache_are_out_of_reach_while_a_guest_starts() {
        assertThatThrownBy(() -> guests.open(v1("emit (param i32 i32)", """
                (func $begin (call $emit (i32.const 0) (i32.const 1)))
                (start $begin)
                (func (export "on_message") (result i32) (i32.const 0))
                """)))
                .hasMessageContaining("does not start: used a message, an output or the cache before");
    }
}
