package io.wasmpipes.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of settings, the documentation and .env.example say the same. */
class DocumentationTest {
    private static final Path DOCS = Path.of("docs/configuration.md");
    private static final Path EXAMPLE = Path.of(".env.example");
    private static final String BEGIN = "<!-- settings: generated from KnownSettings and DriverVariables -->";
    private static final String END = "<!-- settings: end -->";
    private static final String HOW = "regenerate it with ./mvnw test -Dtest=DocumentationTest -Dupdate=true";
    private static final Pattern NAME = Pattern.compile("^(?:\\| `|# )([A-Z][A-Z0-9_<>]+)(?:`|=).*");

    private static List<KnownSettings.Section> sections() {
        List<KnownSettings.Section> all = new ArrayList<>(KnownSettings.SECTIONS);
        all.add(new KnownSettings.Section("Drivers", DriverVariables.ALL));
        return all;
    }

    private static String tables() {
        StringBuilder text = new StringBuilder();
        for (KnownSettings.Section section : sections()) {
            text.append("\n### ").append(section.title()).append("\n\n| name | default | |\n|---|---|---|\n");
            for (Setting setting : section.settings()) {
                String fallback = setting.fallback();
                String shown = fallback.isEmpty() || setting.derived() ? fallback : "`" + fallback + "`";
                text.append("| `%s` | %s | %s |\n".formatted(setting.name(), shown, setting.text()));
            }
        }
        return text.append('\n').toString();
    }

    private static String example() {
        StringBuilder text =
                new StringBuilder("# Every variable of wasm-pipes with its default; docs/configuration.md explains.\n");
        text.append("# Copy it to .env and take the # off what you change. The real environment wins over .env.\n");
        for (KnownSettings.Section section : sections()) {
            text.append("\n## ").append(section.title()).append('\n');
            for (Setting setting : section.settings()) {
                String fallback = setting.derived() ? "" : setting.fallback();
                text.append("## %s\n# %s=%s\n".formatted(setting.text(), setting.name(), fallback));
            }
        }
        return text.toString();
    }

    private static Set<String> names(String text) {
        Set<String> names = new TreeSet<>();
        for (String line : text.lines().toList()) {
            Matcher name = NAME.matcher(line);
            if (name.matches()) {
                names.add(name.group(1));
            }
        }
        return names;
    }

    private static Set<String> known() {
        Set<String> names = new TreeSet<>();
        sections().forEach(section -> section.settings().forEach(setting -> names.add(setting.name())));
        return names;
    }

    /** Rewrites the file if asked to, else answers what it holds. */
    private static String current(Path file, String wanted) throws IOException {
        if (Boolean.getBoolean("update")) {
            Files.writeString(file, wanted);
        }
        return Files.readString(file);
    }

    @Test
    void the_example_holds_every_variable_with_its_default() throws IOException {
        String example = current(EXAMPLE, example());

        assertThat(example).as(HOW).isEqualTo(example());
        assertThat(names(example)).isEqualTo(known());
    }

    @Test
    void the_documentation_holds_every_variable_with_its_default() throws IOException {
        String docs = Files.readString(DOCS);
        String before = docs.substring(0, docs.indexOf(BEGIN) + BEGIN.length()) + "\n";
        String after = docs.substring(docs.indexOf(END));
        String wanted = before + tables() + after;
        String held = current(DOCS, wanted);

        assertThat(held).as(HOW).isEqualTo(wanted);
        assertThat(names(held)).isEqualTo(known());
    }

    @Test
    void the_example_as_it_stands_sets_nothing_and_uncommented_sets_the_defaults() throws Exception {
        assertThat(EnvFile.parse(".env.example", Files.readString(EXAMPLE))).isEmpty();

        StringBuilder uncommented = new StringBuilder();
        for (String line : Files.readString(EXAMPLE).lines().toList()) {
            boolean sets = line.startsWith("# ") && NAME.matcher(line).matches() && !line.endsWith("=");
            uncommented.append(sets ? line.substring(2) : "").append('\n');
        }
        Settings spelled = Settings.from(EnvFile.parse("x", uncommented.toString()), FakeAdapter.ALL, Given.MACHINE);
        Settings silent = Given.settings();
        assertThat(spelled.modules())
                .usingRecursiveComparison()
                .ignoringFields("origins.variables")
                .isEqualTo(silent.modules());
        assertThat(spelled.flow()).isEqualTo(silent.flow());
        assertThat(spelled.ends().sink().endpoint().uri())
                .isEqualTo(silent.ends().sink().endpoint().uri());
    }
}
