package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.ConfigException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What it refuses; AuthorIT and AuthorSoak show what it writes. */
class NewModuleTest {
    private final PrintStream out = new PrintStream(OutputStream.nullOutputStream());

    @ParameterizedTest
    @CsvSource({
        "'', takes --lang rust|go|assemblyscript|c NAME",
        "hotter, takes --lang",
        "--lang rust, takes --lang",
        "hotter rust --lang, takes --lang",
        "--lang cobol hotter, takes --lang rust",
        "--lang c Hotter, must match [a-z][a-z0-9_-]*",
        "--lang c ../hotter, must match",
        "--lang c src, is here already",
    })
    void what_it_cannot_do_is_said(String line, String rule) {
        List<String> words = line.isEmpty() ? List.of() : List.of(line.split(" "));
        assertThatThrownBy(() -> NewModule.run(words, out))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(rule);
    }
}
