package io.wasmpipes.e2e;

import org.junit.jupiter.api.Test;

/** The long form of {@link WordCountIT}. */
class WordCountSoak {
    @Test
    void sums_and_counts_are_exact_after_many_kills() throws Exception {
        try (WordCountRun run = new WordCountRun()) {
            run.go(5000, 20);
        }
    }
}
