package io.wasmpipes.wasm;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Stage;
import io.wasmpipes.wasm.http.HttpCalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Plug-ins of Otoroshi, written in text by each test, and a fake of what they call; modules/address is one by Extism's kit. */
abstract class OtoroshiGuest {
    static final String IMPORTS = """
            (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "extism:host/env" "length" (func $length (param i64) (result i64)))
            (import "extism:host/env" "store_u8" (func $store8 (param i64 i32)))
            (import "extism:host/env" "input_length" (func $inlen (result i64)))
            (import "extism:host/env" "input_offset" (func $inoff (result i64)))
            (import "extism:host/env" "output_set" (func $output (param i64 i64)))
            """;

    final List<HttpCalls.Call> made = new ArrayList<>();
    HttpCalls.Answer answer = new HttpCalls.Reply(201, List.of(Header.of("x-a", "b")), Bytes.utf8("hi"));
    GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder, call -> {
            made.add(call);
            return answer;
        });
    }

    @AfterEach
    void close() {
        guests.close();
    }

    static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** A plug-in whose function puts {@code text} where the gateway can read it, and runs {@code body} with it at $at, $n long. */
    static String plugin(String function, String imports, String text, String body) {
        return """
                (module %s
                (memory (export "memory") 1)
                (data (i32.const 64) "%s")
                (func $put (result i64) (local $i i32) (local $o i64)
                  (local.set $o (call $alloc (i64.const %d)))
                  (loop $more
                    (call $store8 (i64.add (local.get $o) (i64.extend_i32_u (local.get $i)))
                      (i32.load8_u (i32.add (i32.const 64) (local.get $i))))
                    (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const %d))))
                  (local.get $o))
                (func (export "%s") (result i32) (local $at i64) (local $n i64) (local $r i64)
                  (local.set $at (call $put)) (local.set $n (i64.const %d))
                  %s (i32.const 0)))""".formatted(
                        IMPORTS + imports, escaped(text), text.length(), text.length(), function, text.length(), body);
    }

    static final String LOG = "(import \"env\" \"proxy_log\" (func $log (param i32 i64 i64) (result i32)))";
    static final String ERROR = "(import \"extism:host/env\" \"error_set\" (func $error (param i64)))";

    /** One that answers with this. */
    Stage answering(String function, String json) throws ConfigException {
        return guests.open(plugin(function, LOG, json, "(call $output (local.get $at) (local.get $n))"));
    }

    /** One that answers with the status 200 and what one of the gateway's functions says to this text. */
    Stage asking(String name, String text) throws ConfigException {
        String imports = "(import \"env\" \"%s\" (func $f (param i64 i64) (result i64)))".formatted(name);
        return guests.open(plugin("transform_request", imports, text, """
                (local.set $r (call $f (local.get $at) (local.get $n)))
                (call $output (local.get $r) (call $length (local.get $r)))"""));
    }

    static Message request(String body) {
        return Message.of(Bytes.utf8(body))
                .withHeaders(Headers.of(List.of(
                        Header.of("http-method", "PUT"),
                        Header.of("http-path", "/a/b"),
                        Header.of("http-query", "q=x%20y&q=z&e"),
                        Header.of("X-One", "1"))));
    }

    String reason(Stage stage, Message message) {
        try {
            throw new AssertionError(guests.run(stage, message));
        } catch (Exception e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Calls a function whose answer does not matter. */
    void run(String name, String text) throws Exception {
        String imports = "(import \"env\" \"%s\" (func $f (param i64 i64) (result i64)))".formatted(name);
        guests.run(guests.open(plugin("go", imports, text, """
                (drop (call $f (local.get $at) (local.get $n)))
                (call $output (call $inoff) (call $inlen))""")), "in");
    }
}
