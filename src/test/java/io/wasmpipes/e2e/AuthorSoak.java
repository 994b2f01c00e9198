package io.wasmpipes.e2e;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An author's first ten minutes, in every language. */
class AuthorSoak {
    @ParameterizedTest
    @CsvSource({"rust, src/lib.rs", "go, main.go", "assemblyscript, hotter.ts", "c, hotter.c"})
    void a_module_is_made_tested_changed_under_way_and_shipped(String language, String source) throws Exception {
        try (AuthorRun author = new AuthorRun(language, source)) {
            author.go();
        }
    }
}
