package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions of Redpanda Connect, written in text. */
class RedpandaConnectTest {
    private GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder);
    }

    @AfterEach
    void close() {
        guests.close();
    }

    private static String function(String allocator, String freeing, String body) {
        return """
                (module
                (import "benthos_wasm" "v0_msg_as_bytes" (func $bytes (result i64)))
                (import "benthos_wasm" "v0_msg_set_bytes" (func $set (param i32 i32)))
                (import "benthos_wasm" "v0_msg_get_meta" (func $meta (param i32 i32) (result i64)))
                (import "benthos_wasm" "v0_msg_set_meta" (func $setmeta (param i32 i32 i32 i32)))
                (memory (export "memory") 1)
                (data (i32.const 0) "ab")
                (global $next (mut i32) (i32.const 1024))
                (global $loans (mut i32) (i32.const 0))
                (func (export "%s") (param $size i32) (result i32)
                  (global.set $loans (i32.add (global.get $loans) (i32.const 1)))
                  (global.get $next)
                  (global.set $next (i32.add (global.get $next) (local.get $size))))
                (func (export "%s") (param i32%s)
                  (global.set $loans (i32.sub (global.get $loans) (i32.const 1))))
                (func $put (param $packed i64)
                  (call $set (i32.wrap_i64 (i64.shr_u (local.get $packed) (i64.const 32))) (i32.wrap_i64 (local.get $packed))))
                (func (export "process")
                (if (global.get $loans) (then unreachable))
                %s))""".formatted(allocator, freeing, freeing.equals("free") ? "" : " i32", body);
    }

    private static final Message MESSAGE =
            Message.of(Bytes.utf8("hello")).withHeaders(Headers.of(List.of(Header.of("a", "1"))));

    @Test
    void bytes_and_metadata_are_the_body_and_the_headers_for_guests_in_go_and_in_rust() throws Exception {
        String body = """
                (call $put (call $meta (i32.const 0) (i32.const 1)))
                (call $setmeta (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 2))""";
        Stage go = guests.open(function("malloc", "free", body));
        for (int i = 0; i < 3; i++) { // whatever was lent is freed, or the second one traps
            Message output = guests.run(go, MESSAGE).getFirst();
            assertThat(output.body().utf8()).isEqualTo("1");
            assertThat(output.headers().list()).containsExactly(Header.of("a", "1"), Header.of("b", "ab"));
        }
        Stage rust = guests.open(function("allocate", "deallocate", "(call $put (call $bytes))"));
        for (int i = 0; i < 3; i++) {
            assertThat(bodies(guests.run(rust, MESSAGE))).containsExactly("hello");
        }
        Stage absent = guests.open(function("malloc", "free", "(call $put (call $meta (i32.const 1) (i32.const 1)))"));
        assertThat(bodies(guests.run(absent, MESSAGE))).containsExactly("");
    }

    @Test
    void a_function_that_sets_nothing_passes_the_message_on() throws Exception {
        assertThat(guests.run(guests.open(function("malloc", "free", "")), MESSAGE)
                        .getFirst()
                        .body())
                .isEqualTo(MESSAGE.body());
    }

    @Test
    void freeing_what_was_lent_has_the_time_of_one_call() throws Exception {
        String slow = function("malloc", "free", "(drop (call $bytes)) (drop (call $bytes)) (drop (call $bytes))")
                .replace(
                        "(func (export \"free\") (param i32)",
                        "(func (export \"free\") (param i32) (loop $for (br $for))");
        Stage stage = guests.hasty(slow);
        assertThatThrownBy(() -> guests.run(stage, MESSAGE)).hasMessageContaining("time limit 1s exceeded");
        Stage greedy = guests.open(
                function("malloc", "free", "(loop $for (drop (call $meta (i32.const 1) (i32.const 1))) (br $for))"));
        assertThatThrownBy(() -> guests.run(greedy, MESSAGE)).hasMessageContaining("more than 10000 answers");
    }

    @Test
    void wrong_pointers_and_huge_outputs_are_poison() throws Exception {
        for (String attack : List.of(
                "(call $set (i32.const -1) (i32.const 2))",
                "(call $set (i32.const 0) (i32.const 6000))",
                "(drop (call $meta (i32.const 0) (i32.const -1)))")) {
            Stage stage = guests.open(function("malloc", "free", attack));
            assertThatThrownBy(() -> guests.run(stage, MESSAGE)).as(attack).isInstanceOf(PoisonException.class);
        }
    }
}
