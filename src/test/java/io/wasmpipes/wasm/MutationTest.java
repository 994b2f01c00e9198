package io.wasmpipes.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@link MutationSoak}. */
@Timeout(180)
class MutationTest {
    @Test
    void a_module_with_changed_bytes_is_refused_or_runs_within_its_limits(@TempDir Path state) throws Exception {
        assertThat(Mutations.run(state, 100, System.nanoTime())).isBetween(1, 99);
    }
}
