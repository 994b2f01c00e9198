package io.wasmpipes.e2e;

import org.junit.jupiter.api.Test;

/** An author's first ten minutes, in the language whose compiler is quickest to fetch; the others are a soak. */
class AuthorIT {
    @Test
    void a_module_in_assemblyscript_is_made_tested_changed_under_way_and_shipped() throws Exception {
        try (AuthorRun author = new AuthorRun("assemblyscript", "hotter.ts")) {
            author.go();
        }
    }
}
