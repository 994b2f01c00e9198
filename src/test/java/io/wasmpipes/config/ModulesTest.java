package io.wasmpipes.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.ConfigException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The grammar of WASM_MODULES and what belongs to each module. */
class ModulesTest {
    private static List<String> chain(String modules, String... more) throws ConfigException {
        String[] lines = new String[more.length + 1];
        lines[0] = "WASM_MODULES=" + modules;
        System.arraycopy(more, 0, lines, 1, more.length);
        return Given.settings(lines).modules().chain().stream()
                .map(entry -> entry.alias() + "=" + entry.reference())
                .toList();
    }

    private static Modules.Entry only(String... lines) throws ConfigException {
        List<Modules.Entry> chain = Given.settings(lines).modules().chain();
        assertThat(chain).hasSize(1);
        return chain.getFirst();
    }

    @Test
    void aliases_name_modules_by_their_variables_or_by_their_own_name() throws ConfigException {
        assertThat(chain("hot, clean,dedup-name", "MODULE_HOT_URI=https://h/x.wasm?v=1"))
                .containsExactly("hot=https://h/x.wasm?v=1", "clean=clean", "dedup-name=dedup-name");
    }

    @Test
    void references_stand_in_line_between_bars_or_lines_or_commas() throws ConfigException {
        assertThat(chain("hot.wasm?threshold=40 | uppercase.wasm"))
                .containsExactly("hot=hot.wasm", "uppercase=uppercase.wasm");
        assertThat(chain("hot.wasm\n  ./dir/upper.wasm?a=1,2\nplain\n"))
                .containsExactly("hot=hot.wasm", "upper=./dir/upper.wasm", "plain=plain");
        assertThat(chain("a.wasm,b.wasm")).containsExactly("a=a.wasm", "b=b.wasm");
        assertThat(chain("uppercase.wasm")).containsExactly("uppercase=uppercase.wasm");
    }

    @ParameterizedTest
    @CsvSource({
        "Up-Per.wasm,up-per",
        "./hotter.wasm,hotter",
        "file:///srv/m/hot.wasm,hot",
        "file:hot.wasm,hot",
        "https://h:8443/a/b/Hot_2.wasm,hot_2",
        "oci://localhost:5000/me/hotter:1,hotter",
        "oci://h/me/hotter@sha256:0af1,hotter",
        "s3://bucket/42.wasm,module",
        "dir/,dir"
    })
    void the_alias_of_a_reference_is_its_last_name(String reference, String alias) throws ConfigException {
        assertThat(chain(reference)).containsExactly(alias + "=" + reference);
    }

    @Test
    void aliases_of_references_are_made_unique() throws ConfigException {
        assertThat(chain("hot.wasm?t=1 | a/hot.wasm?t=2 | hot.wasm"))
                .containsExactly("hot=hot.wasm", "hot-2=a/hot.wasm", "hot-3=hot.wasm");
    }

    @Test
    void a_query_is_configuration_but_for_the_reserved_options() throws ConfigException {
        Modules.Entry entry = only(
                "WASM_MODULES=hot.wasm?threshold=40&expr=.temp > 20 %26 b,c&flag&abi=extism&function=f&timeout=5s&memory=1MiB");

        assertThat(entry.config()).isEqualTo(Map.of("threshold", "40", "expr", ".temp > 20 & b,c", "flag", ""));
        assertThat(entry.abi()).contains("extism");
        assertThat(entry.function()).contains("f");
        assertThat(entry.bounds().timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(entry.bounds().memory()).isEqualTo(1 << 20);
        assertThat(entry.variable()).isEqualTo("WASM_MODULES");
    }

    @Test
    void variables_configure_references_too_and_the_query_wins() throws ConfigException {
        Modules.Entry entry = only(
                "WASM_MODULES=hot.wasm?threshold=40&timeout=5s",
                "MODULE_HOT_CONFIG_THRESHOLD=1",
                "MODULE_HOT_CONFIG_UNIT=C",
                "MODULE_HOT_TIMEOUT=9s");

        assertThat(entry.config()).isEqualTo(Map.of("threshold", "40", "unit", "C"));
        assertThat(entry.bounds().timeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void the_same_module_may_stand_under_two_aliases() throws ConfigException {
        List<Modules.Entry> chain = Given.settings(
                        "WASM_MODULES=warm,hot",
                        "MODULE_WARM_URI=above.wasm",
                        "MODULE_WARM_CONFIG_LIMIT=20",
                        "MODULE_HOT_URI=above.wasm",
                        "MODULE_HOT_CONFIG_LIMIT=40")
                .modules()
                .chain();

        assertThat(chain).extracting(Modules.Entry::reference).containsExactly("above.wasm", "above.wasm");
        assertThat(chain).extracting(entry -> entry.config().get("limit")).containsExactly("20", "40");
    }

    @Test
    void a_longer_alias_keeps_its_variables_to_itself() throws ConfigException {
        List<Modules.Entry> chain = Given.settings(
                        "WASM_MODULES=hot,hot_config", "MODULE_HOT_CONFIG_URI=b.wasm", "MODULE_HOT_CONFIG_TIMEOUT=2s")
                .modules()
                .chain();

        assertThat(chain.get(0).config()).isEmpty();
        assertThat(chain.get(1).reference()).isEqualTo("b.wasm");
    }

    @Test
    void the_originals_variables_name_one_module() throws ConfigException {
        assertThat(only("WASM_ENABLED=1").reference()).isEqualTo("main.wasm");
        Modules.Entry entry = only("WASM_ENABLED=true", "WASM_FILENAME=uppercase.wasm");
        assertThat(entry.alias()).isEqualTo("uppercase");
        assertThat(entry.variable()).isEqualTo("WASM_FILENAME");
        assertThat(Given.settings("WASM_FILENAME=uppercase.wasm").modules().chain())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a,,b; has an empty entry",
                "a.wasm|b.wasm; entries are separated by a bar between blanks (was a.wasm|b.wasm)",
                "hot?x=1; an alias takes no options: use MODULE_HOT_CONFIG_<KEY> (was hot)",
                "2hot; an alias must match [a-z][a-z0-9_-]* (was 2hot)",
                "hot,hot; an alias may stand in the chain once",
                "a-b,a_b; an alias may stand in the chain once",
                "x.wasm?a=1&a=2; option a may be given once (was x.wasm)",
                "x.wasm?a=%4; percent signs in options must start an escape",
            })
    void what_is_no_chain_is_told(String modules, String told) {
        assertThat(Given.report("WASM_MODULES=" + modules)).contains("WASM_MODULES: " + told.strip());
    }

    @Test
    void overrides_are_checked_where_they_stand() {
        assertThat(Given.report("WASM_MODULES=hot.wasm?timeout=soon"))
                .contains("WASM_MODULES hot option timeout: must be a duration");
        assertThat(Given.report("WASM_MODULES=hot", "MODULE_HOT_CACHE_WRITES=-1", "MODULE_HOT_OUTPUT_BYTES=0"))
                .contains("MODULE_HOT_CACHE_WRITES: must be a whole number of at least 0 (was -1)")
                .contains("MODULE_HOT_OUTPUT_BYTES: must be from 1 to");
        assertThat(Given.report("WASM_MODULES=hot", "MODULE_HOT_MEMORY=lots"))
                .contains("MODULE_HOT_MEMORY: must be a size such as 512, 64KiB or 8MiB (was lots)");
        assertThat(Given.report("WASM_MODULES=hot.wasm", "MODULE_HOT_URI=other.wasm"))
                .contains("MODULE_HOT_URI: stands beside hot.wasm, which WASM_MODULES names itself (was other.wasm)");
        assertThat(Given.report("WASM_MODULES=hot", "MODULE_HOT_URI=other.wasm?a=1"))
                .contains("MODULE_HOT_URI: is a name or path, which takes no options: use MODULE_HOT_CONFIG_<KEY>");
        assertThat(Given.report("WASM_MODULES=hot", "MODULE_HOT_URI=")).contains("MODULE_HOT_URI: must not be empty");
        assertThat(Given.report("WASM_MODULES=hot", "MODULE_HOT_TIMEOUTS=1s"))
                .contains("MODULE_HOT_TIMEOUTS: unknown, did you mean MODULE_HOT_TIMEOUT?");
    }
}
