package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static io.wasmpipes.wasm.GuestStage.v1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.http.HttpCalls;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests as guests make them. What makes them is a stand-in here; OutboundHttpTest has the real one. */
class GuestHttpTest {
    private final List<HttpCalls.Call> made = new ArrayList<>();
    private HttpCalls.Answer answer = new HttpCalls.Reply(201, List.of(Header.of("x-a", "b")), Bytes.utf8("the body"));

    private GuestStage guests(Path folder) {
        return new GuestStage(folder, call -> {
            made.add(call);
            return answer;
        });
    }

    /** Makes its body the request, and the answer's text its output; a negative code is a reject with it. */
    private static final String V1 = v1("""
            input_len (result i32)
            input_read (param i32 i32 i32) (result i32)
            http (param i32 i32 i32 i32) (result i32)
            result_read (param i32 i32 i32) (result i32)
            emit (param i32 i32)
            """, """
            (func (export "on_message") (result i32) (local $n i32)
              (drop (call $input_read (i32.const 0) (i32.const 0) (call $input_len)))
              (local.set $n (call $http (i32.const 0) (call $input_len) (i32.const 0) (i32.const 0)))
              (if (i32.lt_s (local.get $n) (i32.const 0)) (then (return (i32.add (i32.const 100) (local.get $n)))))
              (drop (call $result_read (i32.const 0) (i32.const 4096) (local.get $n)))
              (call $emit (i32.const 4096) (local.get $n))
              (i32.const 0))""");

    @Test
    void a_guest_writes_a_request_as_text_and_reads_the_reply_as_text(@TempDir Path folder) throws Exception {
        try (GuestStage guests = guests(folder)) {
            Stage stage = guests.open(V1);
            assertThat(bodies(guests.run(stage, "PUT http://api.test/a\naccept: text/plain\n\nin\n\n")))
                    .containsExactly("201\nx-a: b\n\nthe body");
            HttpCalls.Call call = made.getFirst();
            assertThat(call.method()).isEqualTo("PUT");
            assertThat(call.uri()).hasToString("http://api.test/a");
            assertThat(call.headers()).containsExactly(Header.of("accept", "text/plain"));
            assertThat(call.body()).isEqualTo(Bytes.utf8("in\n\n"));
            guests.run(stage, "GET http://api.test/");
            assertThat(made.getLast().body()).isEqualTo(Bytes.EMPTY);
            assertThat(guests.counts).containsEntry("http_requests", 2L).doesNotContainKey("http_failures");
        }
    }

    @Test
    void a_failure_is_a_number_below_minus_one(@TempDir Path folder) throws Exception {
        try (GuestStage guests = guests(folder)) {
            Stage stage = guests.open(V1);
            for (HttpCalls.Reason reason : HttpCalls.Reason.values()) {
                answer = new HttpCalls.Failure(reason, "why");
                assertThatThrownBy(() -> guests.run(stage, "GET http://api.test/"))
                        .hasMessage("on_message answered " + (100 + reason.code()));
            }
            for (String broken : List.of("", "GET", "GET ht tp://x", "GET http://x\nno colon")) {
                assertThatThrownBy(() -> guests.run(stage, broken)).as(broken).hasMessage("on_message answered 98");
            }
            assertThat(guests.counts).containsEntry("http_failures", 5L);
        }
    }

    private static final String EXTISM = """
            (module
            (import "extism:host/env" "http_request" (func $request (param i64 i64) (result i64)))
            (import "extism:host/env" "http_status_code" (func $status (result i32)))
            (import "extism:host/env" "http_headers" (func $headers (result i64)))
            (import "extism:host/env" "length" (func $length (param i64) (result i64)))
            (import "extism:host/env" "input_offset" (func $in (result i64)))
            (import "extism:host/env" "output_set" (func $output (param i64 i64)))
            (memory (export "memory") 1)
            (func (export "run") (result i32) (local $at i64)
              (local.set $at (call $request (call $in) (i64.const 0)))
              (if (i32.ne (call $status) (i32.const 201)) (then unreachable))
              (if (i64.ne (call $length (call $headers)) (i64.const 11)) (then unreachable))
              (call $output (local.get $at) (call $length (local.get $at)))
              (i32.const 0)))""";

    @Test
    void a_plug_in_of_extism_makes_requests_and_fails_with_them(@TempDir Path folder) throws Exception {
        try (GuestStage guests = guests(folder)) {
            Stage stage = guests.open(EXTISM);
            String request = "{\"method\":\"POST\",\"url\":\"http://api.test/\",\"headers\":{\"a\":\"b\"}}";
            assertThat(bodies(guests.run(stage, request))).containsExactly("the body");
            assertThat(made.getFirst().headers()).containsExactly(Header.of("a", "b"));
            answer = new HttpCalls.Failure(HttpCalls.Reason.NOT_ALLOWED, "not among the hosts");
            assertThatThrownBy(() -> guests.run(stage, request))
                    .isInstanceOf(PoisonException.class)
                    .hasMessage("http: not among the hosts");
            answer = new HttpCalls.Failure(HttpCalls.Reason.UNREACHABLE, "not there");
            assertThatThrownBy(() -> guests.run(stage, request)).isInstanceOf(TransientException.class);
            assertThatThrownBy(() -> guests.run(stage, "no json")).hasMessageContaining("is none");
        }
    }
}
