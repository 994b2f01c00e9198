package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.ConfigException;
import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What it refuses; AuthorIT and AuthorSoak show what it writes. */
class NewModuleTest {
    private final PrintStream out = new PrintStream(OutputStream.nullOutputStream());

    @ParameterizedTest
    @CsvSource({
        "cobol, hotter, takes --lang rust",
        "c, Hotter, must match [a-z][a-z0-9_-]*",
        "c, ../hotter, must match",
        "c, src, is here already",
    })
    void what_it_cannot_do_is_said(String language, String name, String rule) {
        assertThatThrownBy(() -> NewModule.run(language, name, out))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(rule);
    }
}
