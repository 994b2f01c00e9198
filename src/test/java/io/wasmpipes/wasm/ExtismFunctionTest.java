package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Stage;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.support.Wat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which functions of a plug-in take messages, and what must be there for them. */
class ExtismFunctionTest extends ExtismGuest {
    @Test
    void the_names_of_before_extism_1_are_known() throws Exception {
        String older = plugin(ECHO).replaceAll("\"extism:host/env\" \"", "\"env\" \"extism_");
        assertThat(bodies(guests.run(guests.open(older), "x"))).containsExactly("x");
    }

    @Test
    void what_a_compiler_exports_for_itself_is_no_candidate() throws Exception {
        String tiny =
                plugin(ECHO).replaceFirst("\\)$", "(func (export \"asyncify_get_state\") (result i32) (i32.const 0)))");
        assertThat(bodies(guests.run(guests.open(tiny), "x"))).containsExactly("x");
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
