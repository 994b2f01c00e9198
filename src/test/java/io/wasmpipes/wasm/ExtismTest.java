package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.support.Wat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plug-ins of Extism, written in text; modules/vowels is one by Extism's own kit. */
class ExtismTest {
    private GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder);
    }

    @AfterEach
    void close() {
        guests.close();
    }

    /** A plug-in with all imports and this body of {@code run}. */
    private static String plugin(String body) {
        return """
                (module
                (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
                (import "extism:host/env" "free" (func $free (param i64)))
                (import "extism:host/env" "length" (func $length (param i64) (result i64)))
                (import "extism:host/env" "load_u8" (func $load8 (param i64) (result i32)))
                (import "extism:host/env" "load_u64" (func $load64 (param i64) (result i64)))
                (import "extism:host/env" "store_u8" (func $store8 (param i64 i32)))
                (import "extism:host/env" "store_u64" (func $store64 (param i64 i64)))
                (import "extism:host/env" "input_length" (func $inlen (result i64)))
                (import "extism:host/env" "input_offset" (func $inoff (result i64)))
                (import "extism:host/env" "input_load_u8" (func $in8 (param i64) (result i32)))
                (import "extism:host/env" "input_load_u64" (func $in64 (param i64) (result i64)))
                (import "extism:host/env" "output_set" (func $output (param i64 i64)))
                (import "extism:host/env" "error_set" (func $error (param i64)))
                (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
                (import "extism:host/env" "var_get" (func $varget (param i64) (result i64)))
                (import "extism:host/env" "var_set" (func $varset (param i64 i64)))
                (import "extism:host/env" "log_info" (func $log (param i64)))
                (memory (export "memory") 1)
                (func $byte (param $c i32) (result i64) (local $at i64)
                  (local.set $at (call $alloc (i64.const 1)))
                  (call $store8 (local.get $at) (local.get $c))
                  (local.get $at))
                (func (export "run") (result i32) (local $at i64) (local $value i64)
                %s))""".formatted(body);
    }

    private static final String ECHO = "(call $output (call $inoff) (call $inlen)) (i32.const 0)";

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
    void the_names_of_before_extism_1_are_known() throws Exception {
        String older = plugin(ECHO).replaceAll("\"extism:host/env\" \"", "\"env\" \"extism_");
        assertThat(bodies(guests.run(guests.open(older), "x"))).containsExactly("x");
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
    void what_a_compiler_exports_for_itself_is_no_candidate() throws Exception {
        String tiny =
                plugin(ECHO).replaceFirst("\\)$", "(func (export \"asyncify_get_state\") (result i32) (i32.const 0)))");
        assertThat(bodies(guests.run(guests.open(tiny), "x"))).containsExactly("x");
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

    @Test
    void of_several_functions_one_must_be_chosen() throws Exception {
        String two = plugin(ECHO).replaceFirst("\\)$", "(func (export \"other\") (result i32) (i32.const 3)))");
        assertThatThrownBy(() -> guests.open(two))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("function=")
                .hasMessageContaining("other, run");
        ModuleImage image = ModuleImage.of("guest.wasm", Wat.module(two));
        Stage stage = guests.open(new ModuleSpec("guest", image, Map.of(), null, "other", GuestStage.LIMITS));
        assertThatThrownBy(() -> guests.run(stage, "x")).hasMessage("other answered 3");
    }

    @Test
    void what_is_missing_is_listed_and_http_needs_the_capability() {
        String strange = plugin(ECHO).replaceFirst("\"var_get\"", "\"var_nonsense\"");
        assertThatThrownBy(() -> guests.open(strange))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("extism:host/env.var_nonsense");
        String http = plugin(ECHO)
                .replace(
                        "(module\n",
                        "(module (import \"extism:host/env\" \"http_request\" (func (param i64 i64) (result i64)))\n");
        assertThatThrownBy(() -> guests.open(http)).hasMessageContaining("capability http");
        assertThatThrownBy(() -> guests.open(http.replaceFirst("\"var_get\"", "\"var_nonsense\"")))
                .hasMessageContaining("capability http")
                .hasMessageContaining("var_nonsense");
    }

    @Test
    void a_function_may_have_no_result() throws Exception {
        String silent =
                plugin("(call $output (call $inoff) (call $inlen))").replace("\"run\") (result i32)", "\"run\")");
        assertThat(bodies(guests.run(guests.open(silent), "x"))).containsExactly("x");
        ModuleImage image = ModuleImage.of("guest.wasm", Wat.module(silent));
        Stage named = guests.open(new ModuleSpec("guest", image, Map.of(), null, "run", GuestStage.LIMITS));
        assertThat(bodies(guests.run(named, "y"))).containsExactly("y");
    }

    @Test
    void without_a_function_that_takes_messages_its_types_are_told() {
        String none = plugin(ECHO).replace("\"run\") (result i32)", "\"run\") (param i32) (result i32)");
        assertThatThrownBy(() -> guests.open(none))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("it exports none of the types () -> (i32)");
    }

    @Test
    void constructors_are_called_where_there_is_no_initialize() throws Exception {
        String constructed = plugin("(call $output (call $byte (global.get $made)) (i64.const 1)) (i32.const 0)")
                .replaceFirst("\\(func \\$byte", """
                        (global \\$made (mut i32) (i32.const 63))
                        (func (export "__wasm_call_ctors") (global.set \\$made (i32.const 33)))
                        (func \\$byte""");
        assertThat(bodies(guests.run(guests.open(constructed), "x"))).containsExactly("!");
    }
}
