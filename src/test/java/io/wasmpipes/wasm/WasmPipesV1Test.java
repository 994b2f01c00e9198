package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static io.wasmpipes.wasm.GuestStage.v1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import io.wasmpipes.cases.MemoryState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a guest of the native ABI may read and write. */
class WasmPipesV1Test extends WasmPipesV1Guest {
    @Test
    void outputs_inherit_headers_key_and_time() throws Exception {
        Stage stage = guests.open(v1(EMIT, onMessage("(call $emit (i32.const 0) (i32.const 2)) (i32.const 0)", "hi")));
        Headers headers = Headers.of(List.of(Header.of("a", "1"), Header.of("a", "2")));
        Message input = new Message(new Id("7"), Bytes.utf8("x"), headers, "k", null, Instant.EPOCH);
        Message output = guests.run(stage, input).getFirst();
        assertThat(output.body()).isEqualTo(Bytes.utf8("hi"));
        assertThat(output.headers()).isEqualTo(headers);
        assertThat(output.key()).isEqualTo("k");
        assertThat(output.time()).isEqualTo(Instant.EPOCH);
        assertThat(output.label()).isNull();
    }

    @Test
    void headers_and_key_set_are_those_of_the_next_output_only() throws Exception {
        Stage stage = guests.open(v1("""
                emit (param i32 i32)
                out_header_set (param i32 i32 i32 i32)
                out_headers_clear
                out_key_set (param i32 i32)
                """, onMessage("""
                (call $out_header_set (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 2))
                (call $out_key_set (i32.const 3) (i32.const 1))
                (call $emit (i32.const 0) (i32.const 1))
                (call $out_headers_clear)
                (call $emit (i32.const 0) (i32.const 2))
                (call $emit (i32.const 0) (i32.const 3))
                (i32.const 0)""", "AxyZ")));
        Headers headers = Headers.of(List.of(Header.of("a", "old"), Header.of("b", "stays")));
        List<Message> outputs =
                guests.run(stage, Message.of(Bytes.EMPTY).withHeaders(headers).withKey("k"));
        assertThat(outputs.get(0).headers().list()).containsExactly(Header.of("b", "stays"), Header.of("A", "xy"));
        assertThat(outputs.get(0).key()).isEqualTo("Z");
        assertThat(outputs.get(1).headers()).isEmpty();
        assertThat(outputs.get(1).key()).isEqualTo("k");
        assertThat(outputs.get(2).headers()).isEqualTo(headers);
    }

    @Test
    void a_label_sends_straight_to_a_sink_and_must_be_one() throws Exception {
        String imports = "emit_to (param i32 i32 i32 i32)";
        String call = "(call $emit_to (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 1)) (i32.const 0)";
        Stage good = guests.open(v1(imports, onMessage(call, "hot")));
        assertThat(guests.run(good, "x").getFirst().label()).isEqualTo("hot");
        Stage bad = guests.open(v1(imports, onMessage(call, "Hot")));
        assertThatThrownBy(() -> guests.run(bad, "x")).hasMessageContaining("label");
    }

    @Test
    void accepting_needs_an_output_or_a_drop() throws Exception {
        Stage silent = guests.open(v1("input_len (result i32)", onMessage("(i32.const 0)", "")));
        assertThatThrownBy(() -> guests.run(silent, "x"))
                .isInstanceOf(PoisonException.class)
                .hasMessage("emitted nothing and did not call drop");
        Stage dropping = guests.open(v1("drop", onMessage("(call $drop) (i32.const 0)", "")));
        assertThat(guests.run(dropping, "x")).isEmpty();
    }

    @Test
    void a_verdict_other_than_accept_discards_what_was_emitted_and_tells_the_reason() throws Exception {
        String imports = "emit (param i32 i32)\nfail (param i32 i32)\nretry_after (param i64)";
        String start = "(call $emit (i32.const 0) (i32.const 2)) (call $fail (i32.const 0) (i32.const 9))";
        Stage rejecting = guests.open(v1(imports, onMessage(start + "(i32.const 1)", "too\\nlarge")));
        PoisonException poison = catchThrowableOfType(PoisonException.class, () -> guests.run(rejecting, "x"));
        assertThat(poison).hasMessage("too large");
        assertThat(poison.stage()).isEqualTo("guest");
        Stage retrying = guests.open(
                v1(imports, onMessage(start + "(call $retry_after (i64.const 1500)) (i32.const 75)", "try later")));
        TransientException later = catchThrowableOfType(TransientException.class, () -> guests.run(retrying, "x"));
        assertThat(later.scope()).isEqualTo(TransientException.Scope.MESSAGE);
        assertThat(later.retryAfter()).isEqualTo(Duration.ofMillis(1500));
        assertThat(later).hasMessage("guest: try later");
        Stage strange = guests.open(v1(imports, onMessage("(i32.const 42)", "")));
        assertThatThrownBy(() -> guests.run(strange, "x")).hasMessage("on_message answered 42");
    }

    @Test
    void an_answer_longer_than_its_buffer_is_read_in_pieces() throws Exception {
        Stage stage = guests.open(v1("""
                emit (param i32 i32)
                header_get (param i32 i32 i32 i32) (result i32)
                result_read (param i32 i32 i32) (result i32)
                """, onMessage("""
                (i32.store8 (i32.const 99) (i32.add (i32.const 48)
                  (call $header_get (i32.const 0) (i32.const 2) (i32.const 100) (i32.const 3))))
                (drop (call $result_read (i32.const 3) (i32.const 103) (i32.const 50)))
                (drop (call $result_read (i32.const 0) (i32.const 110) (i32.const 1)))
                (drop (call $result_read (i32.const 9) (i32.const 0) (i32.const 1)))
                (call $emit (i32.const 99) (i32.const 12)) (i32.const 0)""", "ab")));
        Message input = Message.of(Bytes.EMPTY).withHeaders(Headers.of(Map.of("AB", "abcdefghi")));
        assertThat(bodies(guests.run(stage, input))).containsExactly("9abcdefghi\0a");
    }

    @Test
    void headers_are_listed_and_absent_ones_told() throws Exception {
        Stage stage = guests.open(v1("""
                emit (param i32 i32)
                header_list (param i32 i32) (result i32)
                header_get (param i32 i32 i32 i32) (result i32)
                """, onMessage("""
                (if (i32.ne (call $header_get (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0)) (i32.const -1))
                  (then unreachable))
                (call $emit (i32.const 100) (call $header_list (i32.const 100) (i32.const 100)))
                (i32.const 0)""", "x")));
        Headers headers = Headers.of(List.of(Header.of("a", "1"), Header.of("b", Bytes.utf8("é")), Header.of("a", "")));
        assertThat(bodies(guests.run(stage, Message.of(Bytes.EMPTY).withHeaders(headers))))
                .containsExactly("a\0001\0b\0é\0a\0\0");
    }

    @Test
    void the_body_is_read_from_any_offset() throws Exception {
        Stage stage = guests.open(v1("""
                emit (param i32 i32)
                input_len (result i32)
                input_read (param i32 i32 i32) (result i32)
                """, onMessage("""
                (call $emit (i32.const 100) (call $input_read (i32.const 2) (i32.const 100) (call $input_len)))
                (call $emit (i32.const 100) (call $input_read (i32.const 99) (i32.const 100) (i32.const 5)))
                (call $emit (i32.const 100) (call $input_read (i32.const -1) (i32.const 100) (i32.const 5)))
                (i32.const 0)""", "")));
        assertThat(bodies(guests.run(stage, "hello"))).containsExactly("llo", "", "");
    }

    @Test
    void the_cache_is_used_with_its_times_to_live() throws Exception {
        Stage stage = guests.open(v1("""
                emit (param i32 i32)
                cache_get (param i32 i32 i32 i32) (result i32)
                cache_set (param i32 i32 i32 i32 i64)
                cache_delete (param i32 i32)
                cache_put_if_absent (param i32 i32 i32 i32 i64) (result i32)
                cache_increment (param i32 i32 i64 i64) (result i64)
                """, onMessage("""
                (call $cache_set (i32.const 0) (i32.const 1) (i32.const 4) (i32.const 2) (i64.const 1000))
                (call $cache_set (i32.const 1) (i32.const 1) (i32.const 4) (i32.const 2) (i64.const 0))
                (call $cache_delete (i32.const 1) (i32.const 1))
                (drop (call $cache_increment (i32.const 3) (i32.const 1) (i64.const 5) (i64.const 0)))
                (i32.store8 (i32.const 10) (i32.add (i32.const 48) (call $cache_put_if_absent
                  (i32.const 2) (i32.const 1) (i32.const 4) (i32.const 1) (i64.const 0))))
                (i32.store8 (i32.const 11) (i32.wrap_i64 (i64.add (i64.const 48) (call $cache_increment
                  (i32.const 3) (i32.const 1) (i64.const 2) (i64.const 0)))))
                (call $emit (i32.const 10) (i32.const 2))
                (call $emit (i32.const 20) (call $cache_get (i32.const 0) (i32.const 1) (i32.const 20) (i32.const 9)))
                (i32.const 0)""", "abcdXY")));
        assertThat(bodies(guests.run(stage, ""))).containsExactly("17", "XY");
        assertThat(guests.memory.texts()).isEqualTo(Map.of("a", "XY", "c", "X", "d", "7"));
        guests.memory.pass(Duration.ofSeconds(1));
        assertThat(guests.memory.texts()).containsOnlyKeys("c", "d");
    }

    @Test
    void failures_of_the_cache_travel_through_the_guest_as_they_are() throws Exception {
        Stage stage = guests.open(v1(EMIT + "\ncache_delete (param i32 i32)", onMessage("""
                (call $cache_delete (i32.const 0) (i32.const 1))
                (call $emit (i32.const 0) (i32.const 1)) (i32.const 0)""", "k")));
        TransientException away = TransientException.outage("the cache is away");
        guests.state = new FailingState(() -> {
            throw away;
        });
        assertThatThrownBy(() -> guests.run(stage, "x")).isSameAs(away);
        guests.state = new FailingState(() -> {
            throw new InterruptedException("stop");
        });
        assertThatThrownBy(() -> guests.run(stage, "x"))
                .isInstanceOf(InterruptedException.class)
                .hasMessage("stop");
        guests.state = new MemoryState();
        assertThat(guests.run(stage, "x")).hasSize(1);
    }

    @Test
    void configuration_time_metrics_and_chance_are_there() throws Exception {
        Stage stage = guests.open(v1("""
                emit (param i32 i32)
                config_get (param i32 i32 i32 i32) (result i32)
                metric_add (param i32 i32 i64)
                now_ms (result i64)
                random (param i32 i32)
                log (param i32 i32 i32)
                """, onMessage("""
                (call $emit (i32.const 100) (call $config_get (i32.const 0) (i32.const 3) (i32.const 100) (i32.const 9)))
                (call $metric_add (i32.const 0) (i32.const 3) (i64.const 4))
                (i64.store (i32.const 200) (call $now_ms))
                (call $random (i32.const 208) (i32.const 8))
                (call $log (i32.const 1) (i32.const 0) (i32.const 3))
                (call $emit (i32.const 200) (i32.const 16)) (i32.const 0)""", "key")), Map.of("KEY", "value"));
        List<Message> outputs = guests.run(stage, "x");
        assertThat(outputs.getFirst().body().utf8()).isEqualTo("value");
        byte[] rest = outputs.get(1).body().toArray();
        assertThat(java.nio.ByteBuffer.wrap(rest)
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .getLong())
                .isEqualTo(1_700_000_000_123L);
        assertThat(guests.counts).isEqualTo(Map.of("key", 4L));
    }

    @Test
    void memory_is_kept_until_a_call_fails() throws Exception {
        Stage stage = guests.open(v1(EMIT + "\ninput_len (result i32)", """
                (data (i32.const 0) "0")
                (func (export "on_message") (result i32)
                  (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1)))
                  (if (i32.eqz (call $input_len)) (then unreachable))
                  (call $emit (i32.const 0) (i32.const 1)) (i32.const 0))
                """));
        assertThat(bodies(guests.run(stage, "x"))).containsExactly("1");
        assertThat(bodies(guests.run(stage, "x"))).containsExactly("2");
        assertThatThrownBy(() -> guests.run(stage, "")).hasMessage("trapped: unreachable");
        assertThat(bodies(guests.run(stage, "x"))).containsExactly("1");
    }
}
