package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions of camel-go, written in text. */
class CamelGoTest {
    private GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder);
    }

    @AfterEach
    void close() {
        guests.close();
    }

    private static String function(String body) {
        return """
                (module
                (import "env" "message_get_id" (func $id (result i64)))
                (import "env" "message_get_time" (func $time (result i64)))
                (import "env" "message_get_content" (func $content (result i64)))
                (import "env" "message_set_content" (func $set (param i32 i32)))
                (import "env" "message_get_content_type" (func $type (result i64)))
                (import "env" "message_set_subject" (func $subject (param i32 i32)))
                (import "env" "message_get_header" (func $header (param i32 i32) (result i64)))
                (import "env" "message_set_header" (func $setheader (param i32 i32 i32 i32)))
                (import "env" "message_remove_header" (func $remove (param i32 i32)))
                (memory (export "memory") 1)
                (data (i32.const 0) "abnot good")
                (global $next (mut i32) (i32.const 1024))
                (func (export "alloc") (param $size i32) (result i32)
                  (global.get $next)
                  (global.set $next (i32.add (global.get $next) (local.get $size))))
                (func (export "dealloc") (param i32 i32))
                (func $put (param $packed i64)
                  (call $set (i32.wrap_i64 (i64.shr_u (local.get $packed) (i64.const 32))) (i32.wrap_i64 (local.get $packed))))
                (func (export "process") (result i64)
                %s))""".formatted(body);
    }

    private Message message(String body) {
        return new Message(
                new Id("the-id"),
                Bytes.utf8(body),
                Headers.of(List.of(Header.of("Content-Type", "a/b"), Header.of("a", "1"))),
                "k",
                null,
                Instant.EPOCH);
    }

    private String result(String body) throws Exception {
        return guests.run(guests.open(function(body)), message("hello"))
                .getFirst()
                .body()
                .utf8();
    }

    @Test
    void what_a_message_has_is_lent_in_memory_of_the_guest() throws Exception {
        assertThat(result("(call $put (call $content)) (i64.const 0)")).isEqualTo("hello");
        assertThat(result("(call $put (call $id)) (i64.const 0)")).isEqualTo("the-id");
        assertThat(result("(call $put (call $time)) (i64.const 0)")).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(result("(call $put (call $type)) (i64.const 0)")).isEqualTo("a/b");
        assertThat(result("(call $put (call $header (i32.const 0) (i32.const 1))) (i64.const 0)"))
                .isEqualTo("1");
        assertThat(result("(call $put (call $header (i32.const 1) (i32.const 1))) (i64.const 0)"))
                .isEmpty();
    }

    @Test
    void what_it_sets_is_in_the_output_and_the_rest_stays() throws Exception {
        Message output =
                guests.run(guests.open(function("""
                (call $setheader (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 2))
                (call $remove (i32.const 0) (i32.const 1))
                (call $subject (i32.const 2) (i32.const 3))
                (i64.const 0)""")), message("hello")).getFirst();
        assertThat(output.body().utf8()).isEqualTo("hello");
        assertThat(output.key()).isEqualTo("k");
        assertThat(output.headers().list())
                .containsExactly(
                        Header.of("Content-Type", "a/b"), Header.of("b", "ab"), Header.of("ce-subject", "not"));
    }

    @Test
    void a_predicate_keeps_or_drops_and_an_error_is_poison() throws Exception {
        assertThat(guests.run(guests.open(function("(i64.const 0x10000000)")), message("x")))
                .hasSize(1);
        assertThat(guests.run(guests.open(function("(i64.const 0x20000000)")), message("x")))
                .isEmpty();
        Stage error = guests.open(function("(i64.const 0x2f0000008)"));
        assertThatThrownBy(() -> guests.run(error, message("x")))
                .isInstanceOf(PoisonException.class)
                .hasMessage("not good");
        Stage strange = guests.open(function("(i64.const 0x70000000)"));
        assertThatThrownBy(() -> guests.run(strange, message("x"))).hasMessageContaining("unknown flag 7");
    }

    @Test
    void an_allocator_that_lies_is_poison_and_the_next_message_is_fine() throws Exception {
        String lies = function("(call $put (call $content)) (i64.const 0)")
                .replace(
                        "(global.get $next)\n",
                        "(if (result i32) (i32.eq (local.get $size) (i32.const 3)) (then (i32.const -2)) (else (i32.const 2048)))\n");
        Stage stage = guests.open(lies);
        assertThatThrownBy(() -> guests.run(stage, message("bad")))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("outside its memory");
        assertThat(bodies(guests.run(stage, message("good")))).containsExactly("good");
    }

    @Test
    void wrong_pointers_huge_outputs_and_a_looping_allocator_are_poison() throws Exception {
        for (String attack : List.of(
                "(call $set (i32.const -1) (i32.const 2))",
                "(call $set (i32.const 0) (i32.const 6000))",
                "(call $setheader (i32.const 0) (i32.const 5000) (i32.const 0) (i32.const 1))")) {
            Stage stage = guests.open(function(attack + " (i64.const 0)"));
            assertThatThrownBy(() -> guests.run(stage, message("x"))).as(attack).isInstanceOf(PoisonException.class);
        }
        Stage loop = guests.hasty(function("(call $put (call $content)) (i64.const 0)")
                .replace("(global.get $next)\n", "(loop $for (br $for)) (global.get $next)\n"));
        assertThatThrownBy(() -> guests.run(loop, message("x"))).hasMessageContaining("time limit 1s exceeded");
    }

    @Test
    void without_an_allocator_it_does_not_start() {
        assertThatThrownBy(() -> guests.open(function("(i64.const 0)").replace("\"alloc\"", "\"allocate\"")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("alloc")
                .hasMessageContaining("must be exported");
    }
}
