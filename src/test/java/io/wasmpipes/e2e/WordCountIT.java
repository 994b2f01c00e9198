package io.wasmpipes.e2e;

import org.junit.jupiter.api.Test;

/** Words are counted exactly by two processes that die. */
class WordCountIT {
    @Test
    void sums_and_counts_are_exact_after_kills() throws Exception {
        try (WordCountRun run = new WordCountRun()) {
            run.go(200, 3);
        }
    }
}
