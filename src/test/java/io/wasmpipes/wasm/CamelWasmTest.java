package io.wasmpipes.wasm;

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
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions of Apache Camel's Wasm component, and of camel-go as it began, written in text. */
class CamelWasmTest {
    private static final String PACK =
            "(i64.or (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32)) (i64.extend_i32_u (local.get $length)))";

    private GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder);
    }

    @AfterEach
    void close() {
        guests.close();
    }

    private static final Message MESSAGE = new Message(
            new Id("the-id"),
            Bytes.utf8("hello"),
            Headers.of(List.of(Header.of("a", "1"), Header.of("ce-type", "t"))),
            "k",
            null,
            null);

    /** Answers {@code literal}, or what it was given. */
    private static String camel(String literal, String answer) {
        return """
                (module
                (memory (export "memory") 2)
                (data (i32.const 64) "%s")
                (global $freed (mut i32) (i32.const 0))
                (func (export "alloc") (param i32) (result i32) (i32.const 4096))
                (func (export "dealloc") (param i32 i32) (global.set $freed (i32.add (global.get $freed) (i32.const 1))))
                (func (export "transform") (param $at i32) (param $length i32) (result i64) %s))""".formatted(literal.replace("\"", "\\22"), answer);
    }

    private static String camel(String literal) {
        return camel(literal, "(i64.or (i64.shl (i64.const 64) (i64.const 32)) (i64.const " + literal.length() + "))");
    }

    private Message result(String wat) throws Exception {
        return guests.run(guests.open(wat), MESSAGE).getFirst();
    }

    private void refuses(String wat, String why) throws Exception {
        Stage stage = guests.open(wat);
        assertThatThrownBy(() -> guests.run(stage, MESSAGE))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining(why);
    }

    @Test
    void what_comes_back_unchanged_is_the_message() throws Exception {
        assertThat(result(camel("", PACK))).isEqualTo(MESSAGE);
    }

    @Test
    void headers_and_body_are_those_of_the_answer() throws Exception {
        Message output = result(camel("{\"headers\":{\"a\":\"2\",\"b\":\"3\"},\"body\":\"SEk=\"}"));
        assertThat(output.body().utf8()).isEqualTo("HI");
        assertThat(output.headers().list()).containsExactly(Header.of("a", "2"), Header.of("b", "3"));
        assertThat(output.key()).isEqualTo("k");
        assertThat(result(camel("{\"headers\":{}}")).body()).isEqualTo(Bytes.EMPTY);
    }

    /** As those do that Camel uses as expressions. */
    @Test
    void what_is_no_such_object_is_the_body_itself() throws Exception {
        for (String literal : List.of("oops", "[1]", "{}", "{\"a\":1,\"body\":\"SEk=\"}", "")) {
            Message output = result(camel(literal));
            assertThat(output.body().utf8()).isEqualTo(literal);
            assertThat(output.headers()).isEqualTo(MESSAGE.headers());
        }
    }

    @Test
    void the_highest_bit_of_the_length_is_an_error() throws Exception {
        refuses(camel("not good", "(i64.const 0x4080000008)"), "not good");
    }

    @Test
    void lies_about_pointers_and_answers_that_are_no_messages_are_poison() throws Exception {
        refuses(camel("", "(i64.const 0xffffffff00000010)"), "outside its memory");
        refuses(camel("", "(i64.const 0x40ffffffff)"), "outside its memory");
        refuses(camel("", "(i64.const 0x407fffffff)"), "WASM_OUTPUT_BYTES_MAX");
        refuses(camel("{\"body\":\"%\"}"), "not base64");
        refuses(camel("", PACK).replace("(i32.const 4096)", "(i32.const -8)"), "outside its memory");
    }

    @Test
    void one_of_several_functions_must_be_named() {
        String two = camel("", PACK)
                .replace("(func (export \"transform\")", "(func (export \"other\") (export \"transform\")");
        assertThatThrownBy(() -> guests.open(two))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("needs function=")
                .hasMessageContaining("other, transform");
    }

    /** Reads its event to 4096 and answers {@code body}. */
    private static String stdio(String literal, String body) {
        return """
                (module
                (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
                (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
                (memory (export "memory") 2)
                (data (i32.const 64) "%s")
                (func $say (param $at i32) (param $length i32)
                  (i32.store (i32.const 0) (local.get $at))
                  (i32.store (i32.const 4) (local.get $length))
                  (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
                (func (export "_start"))
                (func (export "process") (param $length i32) (result i64)
                  (i32.store (i32.const 0) (i32.const 4096))
                  (i32.store (i32.const 4) (local.get $length))
                  (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
                  %s))""".formatted(literal.replace("\"", "\\22"), body);
    }

    private static String says(String literal, String flag) {
        return stdio(
                literal,
                "(call $say (i32.const 64) (i32.const %1$d)) (i64.or (i64.const %2$s) (i64.const %1$d))"
                        .formatted(literal.length(), flag));
    }

    @Test
    void an_event_comes_by_stdin_and_goes_by_stdout_message_after_message() throws Exception {
        String echo =
                stdio("", "(call $say (i32.const 4096) (local.get $length)) (i64.extend_i32_u (local.get $length))");
        Stage stage = guests.open(echo);
        for (int i = 0; i < 3; i++) {
            assertThat(guests.run(stage, MESSAGE)).containsExactly(MESSAGE);
        }
    }

    @Test
    void what_the_event_says_is_the_output() throws Exception {
        Message output = result(
                says("{\"type\":\"u\",\"content_type\":\"a/b\",\"annotations\":{\"c\":\"3\"},\"data\":\"SEk=\"}", "0"));
        assertThat(output.body().utf8()).isEqualTo("HI");
        assertThat(output.headers().list())
                .containsExactlyInAnyOrder(
                        Header.of("c", "3"), Header.of("ce-type", "u"), Header.of("content-type", "a/b"));
        assertThat(result(says("{\"data\":\"SEk=\"}", "0")).headers()).isEqualTo(MESSAGE.headers());
    }

    @Test
    void a_flag_is_an_error_and_nothing_is_no_message() throws Exception {
        refuses(says("not good", "0x100000000"), "not good");
        refuses(stdio("", "(i64.const 0)"), "made no message");
        refuses(stdio("", "(i64.const 0xffffffff)"), "made no message");
        refuses(says("oops", "0"), "no JSON object");
    }

    @Test
    void an_output_without_end_is_stopped() throws Exception {
        refuses(
                stdio("", "(loop $l (call $say (i32.const 0) (i32.const 65536)) (br $l)) (i64.const 0)"),
                "WASM_OUTPUT_BYTES_MAX");
    }
}
