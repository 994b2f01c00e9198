package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Endpoint.Role;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OptionsTest {
    private final Problems problems = new Problems();

    private enum Colour {
        DARK_RED,
        BLUE
    }

    private Options of(Role role, String query) {
        Endpoint endpoint = Endpoint.parse(role, "SINK_URI", "x://host?" + query, Variables.NONE, problems)
                .orElseThrow();
        return new Options(endpoint, problems);
    }

    @Test
    void each_kind_is_read_and_absent_ones_have_their_default() {
        Options options = of(Role.SINK, "text=a&flag&off=false&n=7&wait=30s&room=64KiB&colour=dark-red&many=1&many=2");

        assertThat(options.text("text")).contains("a");
        assertThat(options.text("absent", "b")).isEqualTo("b");
        assertThat(options.flag("flag", false)).isTrue();
        assertThat(options.flag("off", true)).isFalse();
        assertThat(options.flag("absent", true)).isTrue();
        assertThat(options.integer("n", 1, 1, 10)).isEqualTo(7);
        assertThat(options.integer("absent", 3, 1, 10)).isEqualTo(3);
        assertThat(options.duration("wait", Duration.ZERO)).isEqualTo(Duration.ofSeconds(30));
        assertThat(options.size("room", 0)).isEqualTo(65536);
        assertThat(options.choice("colour", Colour.BLUE)).isEqualTo(Colour.DARK_RED);
        assertThat(options.all("many")).containsExactly("1", "2");
        options.rejectUnknown();
        assertThat(problems.list()).isEmpty();
    }

    @Test
    void each_wrong_value_is_a_problem_with_its_option_value_and_rule() {
        Options options =
                of(Role.SINK, "flag=maybe&n=11&wait=soon&room=big&colour=green&twice=1&twice=2&password=1&password=2");

        assertThat(options.flag("flag", true)).isTrue();
        assertThat(options.integer("n", 5, 1, 10)).isEqualTo(5);
        assertThat(options.duration("wait", Duration.ZERO)).isEqualTo(Duration.ZERO);
        assertThat(options.size("room", 1)).isEqualTo(1);
        assertThat(options.choice("colour", Colour.BLUE)).isEqualTo(Colour.BLUE);
        options.text("twice");
        options.text("password");

        assertThat(problems.list())
                .extracting(Problem::toString)
                .containsExactly(
                        "SINK_URI option flag: must be true or false (was maybe)",
                        "SINK_URI option n: must be a whole number from 1 to 10 (was 11)",
                        "SINK_URI option wait: must be a duration such as 250ms, 30s or 1m30s (was soon)",
                        "SINK_URI option room: must be a size such as 512, 64KiB or 8MiB (was big)",
                        "SINK_URI option colour: must be one of dark-red, blue (was green)",
                        "SINK_URI option twice: may be given once (was 1, 2)",
                        "SINK_URI option password: may be given once (was ***)");
    }

    @Test
    void unknown_options_are_told_once_each_with_the_accepted_ones() {
        Options options = of(Role.SOURCE, "colour=red&shape=round&shape=flat&headers=a&on_reject=skip");
        options.text("colour");
        options.rejectUnknown();

        assertThat(problems.list()).hasSize(1);
        assertThat(problems.list().getFirst().toString())
                .contains("SINK_URI option shape", "is unknown to x", "accepted: colour, headers, on_reject");
    }

    @Test
    void on_reject_is_for_sources_only() {
        of(Role.SINK, "headers=a&on_reject=skip").rejectUnknown();

        assertThat(problems.list()).hasSize(1);
    }
}
