package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.ConfigException;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.Wat;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InspectTest {
    private static final Map<String, String> HERE = Map.of("WASM_PIPES_HOME", ".");

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_module_is_described_by_name_or_path() throws Exception {
        assertThat(Inspect.run("lookup", false, HERE, out)).isZero();
        assertThat(said())
                .contains("module    lookup.wasm")
                .contains("ABI       wasmpipes_v1")
                .contains("function  on_message")
                .contains("needs     cache, http, metrics")
                .contains("wasmpipes_v1.http")
                .contains("exports   on_message, on_start")
                .containsPattern("digest    sha256:[0-9a-f]{64}");
        said.reset();
        assertThat(Inspect.run("modules/vowels/vowels.wasm", false, Map.of(), out))
                .isZero();
        assertThat(said())
                .contains("ABI       extism")
                .contains("function  count_vowels")
                .contains("needs     cache");
    }

    @Test
    void the_same_stands_in_json() throws Exception {
        assertThat(Inspect.run("uppercase", true, HERE, out)).isZero();
        assertThat(said())
                .startsWith("{\"module\":\"uppercase.wasm\",\"digest\":\"sha256:")
                .contains("\"abi\":\"wasmpipes_v0\",\"function\":\"run\"")
                .contains("\"problems\":[]}")
                .hasLineCount(1);
    }

    @Test
    void what_would_not_start_is_a_problem_and_exit_code_1() throws Exception {
        Path strange = Folders.fresh("inspect").resolve("strange.wasm");
        Files.write(
                strange,
                Wat.module("(module (import \"wasmpipes_v1\" \"teleport\" (func)) (memory (export \"memory\") 1)"
                                + "(func (export \"on_message\") (result i32) (i32.const 0)))")
                        .toArray());
        assertThat(Inspect.run(strange.toString(), false, Map.of(), out)).isEqualTo(1);
        assertThat(said()).contains("problem ").contains("wasmpipes_v1.teleport");
    }

    @Test
    void what_is_no_module_or_not_there_is_told() {
        assertThatThrownBy(() -> Inspect.run("README.md", false, Map.of(), out)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> Inspect.run("nothing-of-this-name", false, HERE, out))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no such module");
    }
}
