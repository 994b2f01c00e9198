package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0,PT0S",
        "0s,PT0S",
        "250ms,PT0.25S",
        "30s,PT30S",
        "1m30s,PT1M30S",
        "1.5h,PT1H30M",
        "10us,PT0.00001S",
        "10µs,PT0.00001S",
        "7ns,PT0.000000007S",
        "1h2m3s4ms,PT1H2M3.004S",
        "100000h,PT100000H"
    })
    void durations_are_read_as_people_write_them(String text, Duration duration) {
        assertThat(Units.duration(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "s", "1d", "-1s", "1 s", "1s ", "1s2", "1.s", ".5s", "1e3s", "99999999999h", "1S"})
    void what_is_no_duration_is_told_apart(String text) {
        assertThat(Units.duration(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "512,512",
        "64KiB,65536",
        "64kib,65536",
        "8MiB,8388608",
        "1GiB,1073741824",
        "1kB,1000",
        "2MB,2000000",
        "1GB,1000000000",
        "1.5KiB,1536",
        "3 MiB,3145728",
        "7B,7"
    })
    void sizes_are_read_as_people_write_them(String text, long bytes) {
        assertThat(Units.size(text)).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "MiB", "1TB", "1 0", "1M", "1,5KiB", "99999999999GiB"})
    void what_is_no_size_is_told_apart(String text) {
        assertThat(Units.size(text)).isEmpty();
    }

    @Test
    void booleans_are_those_of_go() {
        for (String yes : new String[] {"1", "t", "T", "TRUE", "true", "True"}) {
            assertThat(Units.bool(yes)).contains(true);
        }
        for (String no : new String[] {"0", "f", "F", "FALSE", "false", "False"}) {
            assertThat(Units.bool(no)).contains(false);
        }
        for (String neither : new String[] {"", "yes", "no", "on", "tRUE", "2"}) {
            assertThat(Units.bool(neither)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "250ms", "30s", "1m30s", "1h", "36h0.001s"})
    void a_duration_is_written_as_it_is_read(String text) {
        assertThat(Units.text(Units.duration(text).orElseThrow())).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1023", "1KiB", "1536KiB", "8MiB", "2GiB"})
    void a_size_is_written_as_it_is_read(String text) {
        assertThat(Units.text(Units.size(text).orElseThrow())).isEqualTo(text);
    }
}
