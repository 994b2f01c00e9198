package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static io.wasmpipes.wasm.GuestStage.v1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Stage;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.support.Wat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a module of the native ABI is taken for, and when it is refused. */
class WasmPipesV1StartTest extends WasmPipesV1Guest {
    @Test
    void on_start_runs_once_per_guest_and_may_refuse() throws Exception {
        String counting = """
                (global $n (mut i32) (i32.const 48))
                (func (export "on_start") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) %s)
                (func (export "on_message") (result i32)
                  (i32.store8 (i32.const 0) (global.get $n))
                  (call $emit (i32.const 0) (i32.const 1)) (i32.const 0))
                """;
        Stage stage = guests.open(v1(EMIT, counting.formatted("(i32.const 0)")));
        assertThat(bodies(guests.run(stage, "x"))).containsExactly("1");
        assertThat(bodies(guests.run(stage, "x"))).containsExactly("1");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> guests.open(v1(EMIT, counting.formatted("(i32.const 3)"))))
                .withMessageContaining("module guest: does not start: on_start answered 3");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> guests.hasty(v1(EMIT, counting.formatted("(loop $l (br $l)) (i32.const 0)"))))
                .withMessageContaining("time limit 10s exceeded");
    }

    @Test
    void http_is_refused_at_the_start_as_long_as_it_is_not_granted() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() ->
                        guests.open(v1("http (param i32 i32 i32 i32) (result i32)", onMessage("(i32.const 0)", ""))))
                .withMessageContaining("not granted")
                .withMessageContaining("WASM_ALLOW_HTTP");
    }

    @Test
    void a_module_without_a_known_abi_says_what_it_has() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> guests.open("(module (import \"other\" \"f\" (func)) (func (export \"go\")))"))
                .withMessageContaining("wasmpipes_v1")
                .withMessageContaining("imports from [other] and exports [go]");
    }

    @Test
    void another_function_may_be_configured_and_must_exist() throws Exception {
        String wat = v1(EMIT, """
                (func (export "other") (result i32) (call $emit (i32.const 0) (i32.const 1)) (i32.const 0))
                (func (export "wrong") (param i32))
                """);
        ModuleImage image = ModuleImage.of("guest.wasm", Wat.module(wat));
        Stage stage = guests.open(new ModuleSpec("a", image, Map.of(), "wasmpipes_v1", "other", GuestStage.LIMITS));
        assertThat(guests.run(stage, "x")).hasSize(1);
        assertThatThrownBy(() -> guests.open(new ModuleSpec("a", image, Map.of(), null, "wrong", GuestStage.LIMITS)))
                .hasMessageContaining("must have the types () -> (i32)");
        assertThatThrownBy(() -> guests.open(new ModuleSpec("a", image, Map.of(), null, null, GuestStage.LIMITS)))
                .hasMessageContaining("on_message")
                .hasMessageContaining("[other, wrong]");
        assertThatThrownBy(() -> guests.open(new ModuleSpec("a", image, Map.of(), "v9", "other", GuestStage.LIMITS)))
                .hasMessageContaining("abi must be one of wasmpipes_v1, wasmpipes_v0");
    }

    @Test
    void the_digest_tells_code_and_configuration_apart_but_not_aliases() throws Exception {
        ModuleImage image = ModuleImage.of(
                "guest.wasm",
                Wat.module(v1(EMIT, onMessage("(call $emit (i32.const 0) (i32.const 1)) (i32.const 0)", ""))));
        Map<String, String> one = Map.of("k", "1");
        String digest = digest("a", image, one);
        assertThat(digest("b", image, one)).isEqualTo(digest);
        assertThat(digest("a", image, Map.of("k", "2"))).isNotEqualTo(digest);
        assertThat(digest).startsWith("sha256:").hasSize(71);
    }
}
