package io.wasmpipes.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    @ParameterizedTest
    @CsvSource({
        "SINK_URI,SINK_URI,0",
        "SINK_URL,SINK_URI,1",
        "SNIK_URI,SINK_URI,1",
        "SINKURI,SINK_URI,1",
        "SINK_URII,SINK_URI,1",
        "SINK_URIES,SINK_URI,2",
        "XINK_URL,SINK_URI,2",
        "ABCDEF,SINK_URI,4",
        "'',ABC,3",
        "ABC,'',3",
        "CACHE_DIR,CACHE_URI,2"
    })
    void edits_are_counted_up_to_the_limit(String a, String b, int edits) {
        assertThat(Spelling.distance(a, b, 3)).isEqualTo(edits);
        assertThat(Spelling.distance(b, a, 3)).isEqualTo(edits);
    }

    @Test
    void looking_near_the_diagonal_finds_what_looking_everywhere_finds() {
        Random random = new Random(42);
        for (int round = 0; round < 20_000; round++) {
            String a = text(random);
            String b = text(random);
            int limit = random.nextInt(4);
            assertThat(Spelling.distance(a, b, limit)).as(a + " " + b).isEqualTo(Math.min(full(a, b), limit + 1));
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(7); i > 0; i--) {
            text.append((char) ('A' + random.nextInt(3)));
        }
        return text.toString();
    }

    /** The textbook's table. */
    private static int full(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(d[i - 1][j - 1] + change, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }

    @Test
    void the_nearest_known_name_is_found_whatever_the_case() {
        Spelling known = new Spelling(List.of("SINK_URI", "SOURCE_URI", "ORDER", "LOG"));

        assertThat(known.slip("sink-uri")).contains("SINK_URI");
        assertThat(known.slip("ORDRE")).contains("ORDER");
        assertThat(known.slip("LOGS")).as("too short to be sure").isEmpty();
        assertThat(known.nearest("SORCE_URL", 2)).contains("SOURCE_URI");
        assertThat(known.nearest("SORCE_URL", 1)).isEmpty();
    }
}
