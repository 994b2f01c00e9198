package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.ConfigException;
import io.wasmpipes.support.Folders;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class TestCasesTest {
    private static final Map<String, String> HOME =
            Map.of("WASM_PIPES_HOME", Path.of("").toAbsolutePath().toString());

    private final Path folder = Folders.fresh("cases");
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @AfterEach
    void delete() {
        Folders.delete(folder);
    }

    private int run(String cases) throws Exception {
        return run(cases, null);
    }

    private int run(String cases, @Nullable Path junit) throws Exception {
        Files.writeString(folder.resolve("cases.yaml"), cases);
        return TestCases.run(
                List.of(folder.toString()), junit, HOME, new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_chain_runs_with_the_configuration_of_each_module() throws Exception {
        int exit = run("""
                modules: split.wasm | filter.wasm?input=text | ./up.wasm
                cases:
                  - name: words
                    config: {split: {expr: '.words[]', output: text}, filter: {expr: 'length > 2'}}
                    input: {body: '{"words": ["a", "long", "word"]}', key: k}
                    outputs: [{body: LONG, key: k}, {body: WORD}]
                """.replace(
                "./up.wasm",
                Path.of("modules/uppercase/uppercase.wasm").toAbsolutePath().toString()));
        assertThat(said()).isEqualTo("1 passed\n");
        assertThat(exit).isZero();
    }

    @Test
    void what_is_not_as_expected_is_told_to_people_and_to_build_servers() throws Exception {
        Path report = folder.resolve("report.xml");
        int exit = run("""
                modules: tag.wasm?header=X-A&value=1
                cases:
                  - name: right
                    input: {body: a}
                    outputs: [{body: a, headers: {X-A: '1'}}]
                  - name: wrong
                    steps:
                      - {input: {body: a}, outputs: [{body: b, headers: {X-A: '2'}}]}
                      - {input: {body: a}, verdict: retry}
                """, report);
        assertThat(exit).isEqualTo(1);
        assertThat(said()).isEqualTo("""
                1 passed, 1 FAILED: case "wrong": message 1: expected body b, got a
                    message 1: expected headers [X-A: 2], got [X-A: 1]
                    message 2: expected retry, got accept
                """);
        Element suite = (Element) DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testsuite")
                .item(0);
        assertThat(suite.getAttribute("tests") + suite.getAttribute("failures")).isEqualTo("21");
        assertThat(suite.getElementsByTagName("failure").item(0).getTextContent())
                .contains("expected retry, got accept");
    }

    @Test
    void a_message_that_is_refused_leaves_the_cache_as_it_was() throws Exception {
        int exit = run("""
                modules: dedup.wasm | filter
                cases:
                  - name: refused, then sent again
                    config: {dedup: {field: id}, filter: {expr: .ok}}
                    cache: {other: x}
                    steps:
                      - {input: {body: '{"id":1,"ok":{}}'}, outputs: [{body: '{"id":1,"ok":{}}'}]}
                      - {input: {body: '{"id":1,"ok":{}}'}, outputs: []}
                    cache_after: {other: x, 'dedup:1': '1'}
                  - name: an error after the cache was written
                    config: {dedup: {field: id}, filter: {expr: 'error("no")'}}
                    input: {body: '{"id":1}'}
                    verdict: reject
                    reason: 'no'
                    cache_after: {}
                """);
        assertThat(said()).isEqualTo("2 passed\n");
        assertThat(exit).isZero();
    }

    @Test
    void every_mistake_of_a_file_is_told_with_its_place() {
        assertThatThrownBy(() -> run("""
                cases:
                  - name: one
                    inptu: {body: x}
                    verdict: maybe
                  - name: two
                    steps:
                      - {after: soon, input: {body: {temp: 30}}, outputs: {body: x}}
                  - input: {body_base64: '%'}
                """))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("case \"one\" inptu")
                .hasMessageContaining("known are [after, cache,")
                .hasMessageContaining("case \"one\"")
                .hasMessageContaining("needs an input, steps, or start: refused")
                .hasMessageContaining("case \"two\" steps[0] after=soon")
                .hasMessageContaining("must be a text: put it in quotes")
                .hasMessageContaining("case \"two\" steps[0] outputs")
                .hasMessageContaining("must be base64")
                .hasMessageContaining("needs a name");
    }

    @Test
    void what_cannot_be_run_is_said() {
        assertThatThrownBy(() -> run("cases: ["))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("must be YAML");
        assertThatThrownBy(() -> run("cases: []"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("must be a list of cases");
        assertThatThrownBy(() -> run("cases: [{name: a, input: {body: x}}]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("build it first");
        assertThatThrownBy(() -> run("{modules: nowhere, cases: [{name: a, input: {body: x}}]}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no such module");
    }

    @Test
    void configuration_that_no_module_gets_fails_its_case() throws Exception {
        assertThat(run("""
                modules: split | filter
                cases:
                  - {name: whose, config: {expr: .a}, input: {body: x}}
                  - {name: nobody's, config: {splt: {expr: .a}}, input: {body: x}}
                """)).isEqualTo(1);
        assertThat(said())
                .contains("must say which module of the chain it is for")
                .contains("is no module of the chain");
    }
}
