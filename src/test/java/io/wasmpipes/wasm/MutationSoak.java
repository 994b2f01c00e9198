package io.wasmpipes.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand modules with changed bytes. */
class MutationSoak {
    private static final int COUNT = 10_000;

    @Test
    void a_module_with_changed_bytes_is_refused_or_runs_within_its_limits(@TempDir Path state) throws Exception {
        int loaded = Mutations.run(state, COUNT, System.nanoTime());
        System.out.println("mutations: " + COUNT + ", loaded and run: " + loaded);
        assertThat(loaded).isBetween(1, COUNT - 1);
    }
}
