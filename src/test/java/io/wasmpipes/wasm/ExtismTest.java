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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a plug-in of Extism may read, write and say. */
class ExtismTest extends ExtismGuest {
    @Test
    void the_input_is_the_body_and_the_output_the_new_one_with_headers_and_key() throws Exception {
        Message input = Message.of(Bytes.utf8("hello"))
                .withHeaders(Headers.of(List.of(Header.of("a", "1"))))
                .withKey("k");
        Message output = guests.run(guests.open(plugin(ECHO)), input).getFirst();
        assertThat(output.body().utf8()).isEqualTo("hello");
        assertThat(output.headers()).isEqualTo(input.headers());
        assertThat(output.key()).isEqualTo("k");
    }

    @Test
    void an_output_may_be_stored_after_it_was_set() throws Exception {
        Stage stage = guests.open(plugin("""
                (local.set $at (call $alloc (i64.const 2)))
                (call $output (local.get $at) (i64.const 2))
                (call $store8 (local.get $at) (i32.const 111))
                (call $store8 (i64.add (local.get $at) (i64.const 1)) (i32.const 107))
                (i32.const 0)"""));
        assertThat(bodies(guests.run(stage, "x"))).containsExactly("ok");
    }

    @Test
    void no_output_is_an_empty_one_and_the_input_past_its_end_is_zero() throws Exception {
        Stage stage = guests.open(plugin("""
                (if (i32.ne (call $in8 (i64.const 5)) (i32.const 0)) (then unreachable))
                (if (i64.ne (call $in64 (i64.const 0)) (i64.const 0)) (then unreachable))
                (if (i32.ne (call $in8 (i64.const -1)) (i32.const 0)) (then unreachable))
                (i32.const 0)"""));
        assertThat(bodies(guests.run(stage, "hello"))).containsExactly("");
    }

    @Test
    void an_error_is_poison_with_its_text() throws Exception {
        Stage stage = guests.open(plugin("(call $error (call $byte (i32.const 33))) (i32.const 1)"));
        assertThatThrownBy(() -> guests.run(stage, "x")).isInstanceOfSatisfying(PoisonException.class, e -> {
            assertThat(e.stage()).isEqualTo("guest");
            assertThat(e).hasMessage("!");
        });
        Stage silent = guests.open(plugin("(i32.const 7)"));
        assertThatThrownBy(() -> guests.run(silent, "x")).hasMessage("run answered 7");
    }

    @Test
    void an_error_may_be_freed_when_it_is_set() throws Exception {
        Stage stage = guests.open(plugin("""
                (local.set $at (call $byte (i32.const 33)))
                (call $error (local.get $at))
                (call $free (local.get $at))
                (i32.const -1)"""));
        assertThatThrownBy(() -> guests.run(stage, "x")).hasMessage("!");
    }

    @Test
    void an_error_that_is_set_counts_whatever_the_function_answers() throws Exception {
        Stage stage = guests.open(plugin("(call $error (call $byte (i32.const 33))) " + ECHO));
        assertThatThrownBy(() -> guests.run(stage, "x"))
                .isInstanceOf(PoisonException.class)
                .hasMessage("!");
        assertThatThrownBy(() -> guests.run(stage, "y")).hasMessage("!");
    }

    @Test
    void the_number_of_blocks_is_limited_too() throws Exception {
        Stage stage = guests.open(plugin("""
                (block $full (loop $more
                  (br_if $full (i64.eqz (call $alloc (i64.const 1))))
                  (local.set $value (i64.add (local.get $value) (i64.const 1)))
                  (br $more)))
                (if (i64.gt_u (local.get $value) (i64.const 65536)) (then unreachable))
                %s""".formatted(ECHO)));
        assertThat(bodies(guests.run(stage, "x"))).containsExactly("x");
        assertThat(bodies(guests.run(stage, "again"))).containsExactly("again");
    }

    @Test
    void configuration_is_found_and_what_is_not_there_is_zero() throws Exception {
        String body = """
                (local.set $value (call $config (call $byte (i32.const 107))))
                (call $output (local.get $value) (call $length (local.get $value)))
                (i32.const 0)""";
        assertThat(bodies(guests.run(guests.open(plugin(body), Map.of("K", "value")), "x")))
                .containsExactly("value");
        assertThat(bodies(guests.run(guests.open(plugin(body)), "x"))).containsExactly("");
    }

    @Test
    void variables_are_in_the_cache_under_the_alias() throws Exception {
        Stage stage = guests.open(plugin("""
                (local.set $value (call $varget (call $byte (i32.const 118))))
                (call $output (local.get $value) (call $length (local.get $value)))
                (call $varset (call $byte (i32.const 118)) (call $inoff))
                (i32.const 0)"""));
        assertThat(bodies(guests.run(stage, "one"))).containsExactly("");
        assertThat(bodies(guests.run(stage, "two"))).containsExactly("one");
        assertThat(guests.memory.get("guest/v")).isEqualTo(Bytes.utf8("two"));
    }

    @Test
    void nothing_of_a_message_is_seen_by_the_next() throws Exception {
        Stage stage = guests.open(plugin("""
                (local.set $at (call $alloc (i64.const 8)))
                (call $output (local.get $at) (i64.const 8))
                (if (i64.eq (call $inlen) (i64.const 1)) (then (return (i32.const 0))))
                (call $store64 (local.get $at) (i64.const -1))
                (i32.const 0)"""));
        assertThat(guests.run(stage, "long").getFirst().body().toArray()).containsOnly(-1);
        assertThat(guests.run(stage, "s").getFirst().body().toArray()).containsOnly(0);
    }

    @Test
    void offsets_and_lengths_outside_are_poison_and_the_next_message_is_fine() throws Exception {
        Stage stage = guests.open(plugin("""
                (local.set $value (i64.sub (i64.extend_i32_u (call $in8 (i64.const 0))) (i64.const 48)))
                (if (i64.eq (local.get $value) (i64.const 0)) (then (call $output (i64.const -8) (i64.const 16))))
                (if (i64.eq (local.get $value) (i64.const 1)) (then (call $output (call $inoff) (i64.const -1))))
                (if (i64.eq (local.get $value) (i64.const 2)) (then (call $output (call $inoff) (i64.const 9000000000))))
                (if (i64.eq (local.get $value) (i64.const 3)) (then (drop (call $load64 (i64.const 9223372036854775807)))))
                (if (i64.eq (local.get $value) (i64.const 4)) (then (call $store8 (i64.const 0) (i32.const 1))))
                (if (i64.eq (local.get $value) (i64.const 5)) (then (drop (call $load8 (i64.const 4294967296)))))
                (if (i64.eq (local.get $value) (i64.const 9)) (then (call $output (call $inoff) (call $inlen))))
                (i32.const 0)"""));
        for (String attack : List.of("0", "1", "2", "3", "4", "5")) {
            assertThatThrownBy(() -> guests.run(stage, attack))
                    .as(attack)
                    .isInstanceOf(PoisonException.class)
                    .hasMessageContaining("outside the memory of its Extism host");
            assertThat(bodies(guests.run(stage, "9"))).containsExactly("9");
        }
    }

    @Test
    void what_it_allocates_has_a_limit_and_then_there_is_no_more() throws Exception {
        Stage stage = guests.open(plugin("""
                (if (i64.ne (call $alloc (i64.const -1)) (i64.const 0)) (then unreachable))
                (if (i64.ne (call $alloc (i64.const 9223372036854775807)) (i64.const 0)) (then unreachable))
                (block $full (loop $more
                  (br_if $full (i64.eqz (call $alloc (i64.const 100000))))
                  (local.set $value (i64.add (local.get $value) (i64.const 1)))
                  (br $more)))
                (if (i64.gt_u (local.get $value) (i64.const 41)) (then unreachable))
                %s""".formatted(ECHO)));
        assertThat(bodies(guests.run(stage, "x"))).containsExactly("x");
    }

    @Test
    void outputs_above_the_limit_are_poison() throws Exception {
        Stage stage = guests.open(plugin("""
                (local.set $at (call $alloc (i64.const 6000)))
                (call $output (local.get $at) (i64.const 6000)) (i32.const 0)"""));
        assertThatThrownBy(() -> guests.run(stage, "x")).hasMessageContaining("WASM_OUTPUT_BYTES_MAX=5000");
    }

    @Test
    void an_endless_loop_ends_at_the_time_limit_and_the_next_message_is_fine() throws Exception {
        Stage stage =
                guests.hasty(plugin("(if (i64.eq (call $inlen) (i64.const 4)) (then (loop $for (br $for)))) " + ECHO));
        assertThatThrownBy(() -> guests.run(stage, "loop")).hasMessageContaining("time limit 1s exceeded");
        assertThat(bodies(guests.run(stage, "x"))).containsExactly("x");
    }
}
