package io.wasmpipes.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Stage;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests that leak: of their 4 MiB they may fill three quarters. */
class RecyclingTest {
    private static final long PAGE = 64 << 10;
    private static final long MARK = 3 << 20;

    private GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder);
    }

    @AfterEach
    void close() {
        guests.close();
    }

    private static String leaking(int pages, String memory) {
        return GuestStage.v1("""
                        drop
                        """, """
                        (func (export "on_message") (result i32)
                          (if (i32.eq (memory.grow (i32.const %d)) (i32.const -1)) (then unreachable))
                          (call $drop)
                          (i32.const 0))""".formatted(pages)).replace("(memory (export \"memory\") 1)", memory);
    }

    @Test
    void one_that_leaks_is_made_anew_before_it_runs_into_its_limit() throws Exception {
        try (Stage stage = guests.open(leaking(1, "(memory (export \"memory\") 1)"))) {
            for (int i = 0; i < 500; i++) {
                assertThat(guests.run(stage, "x")).isEmpty();
            }
        }
        assertThat(guests.renewals).isEqualTo(500 / (int) (MARK / PAGE));
        assertThat(Collections.max(guests.memories)).isEqualTo(MARK + PAGE);
    }

    @Test
    void one_that_keeps_its_memory_lives_on_even_if_it_began_above_the_mark() throws Exception {
        try (Stage stage = guests.open(leaking(0, "(memory (export \"memory\") 60)"))) {
            for (int i = 0; i < 10; i++) {
                assertThat(guests.run(stage, "x")).isEmpty();
            }
        }
        assertThat(guests.renewals).isZero();
        assertThat(guests.memories).hasSize(10).containsOnly(60 * PAGE);
    }
}
