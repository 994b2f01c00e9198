package io.wasmpipes.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wasmpipes.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvFileTest {
    @Test
    void every_usual_form_of_a_line_is_understood() throws ConfigException {
        String text = """
                # a comment
                PLAIN=http://:9000/events#part?a=b&c=d   # a comment after blanks

                  export EXPORTED = padded value\t
                EMPTY=
                SINGLE='literal $HOME \\n # no comment'
                DOUBLE="a\\tb \\"c\\" \\\\ \\$ # no comment" # a comment
                LINES="one
                two\\nthree"
                WINDOWS=yes\r
                TWICE=1
                TWICE=2
                EQUALS=a=b
                APOSTROPHE=it's
                """;

        assertThat(EnvFile.parse(".env", "\uFEFF" + text))
                .isEqualTo(Map.ofEntries(
                        Map.entry("PLAIN", "http://:9000/events#part?a=b&c=d"),
                        Map.entry("EXPORTED", "padded value"),
                        Map.entry("EMPTY", ""),
                        Map.entry("SINGLE", "literal $HOME \\n # no comment"),
                        Map.entry("DOUBLE", "a\tb \"c\" \\ $ # no comment"),
                        Map.entry("LINES", "one\ntwo\nthree"),
                        Map.entry("WINDOWS", "yes"),
                        Map.entry("TWICE", "2"),
                        Map.entry("EQUALS", "a=b"),
                        Map.entry("APOSTROPHE", "it's")));
    }

    @Test
    void every_wrong_line_is_told_by_number_and_none_is_shown() {
        ConfigException failure = catchThrowableOfType(
                ConfigException.class,
                () -> EnvFile.parse("my.env", "A=1\nhunter2\n2B=hunter2\nC='x' hunter2\nD=\"hunter2\n"));

        assertThat(failure.getMessage()).doesNotContain("hunter2");
        assertThat(failure.problems())
                .extracting(Object::toString)
                .containsExactly(
                        "my.env line 2: must be NAME=value, a comment or blank",
                        "my.env line 3: must be NAME=value, a comment or blank",
                        "my.env line 4: has text after the closing quote",
                        "my.env line 5: opens a quote that nothing closes");
    }

    @Test
    void the_real_environment_wins_even_with_nothing() {
        assertThat(EnvFile.under(Map.of("A", "file", "B", "file", "C", "file"), Map.of("A", "real", "B", "")))
                .isEqualTo(Map.of("A", "real", "B", "", "C", "file"));
    }
}
