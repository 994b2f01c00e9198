package io.wasmpipes.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.support.Wat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {
    private static final GuestLimits LIMITS = new GuestLimits(1 << 20, Duration.ofMillis(500));
    private static Engine engine;

    @BeforeAll
    static void open(@TempDir Path state) {
        engine = new Engine(state, new Ambience(InstantSource.system(), new Random(1)));
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void broken_modules_are_mistakes_of_configuration_whatever_is_broken() throws Exception {
        byte[] good = Files.readAllBytes(Path.of("modules/tag/tag.wasm"));
        long seed = 20_260_101;
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] broken = Arrays.copyOf(good, random.nextInt(4) == 0 ? random.nextInt(good.length) : good.length);
            for (int flips = random.nextInt(4); flips >= 0 && broken.length > 0; flips--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            try {
                engine.compile("broken", Bytes.wrap(broken));
            } catch (ConfigException e) {
                refused++;
                assertThat(e).as("seed " + seed + " number " + i).hasMessageStartingWith("module broken: ");
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    @Test
    void a_function_too_large_to_compile_is_interpreted_and_still_bounded_in_time() throws Exception {
        String adds = "(local.set $x (i32.add (local.get $x) (i32.const 1234567)))\n".repeat(9_000);
        Program program = engine.compile("large", Wat.module("""
                (module (memory (export "memory") 1)
                  (func (export "sum") (result i32) (local $x i32) %s (local.get $x))
                  (func (export "forever") (local $x i32) (loop $l %s (br $l))))
                """.formatted(adds, adds)));
        try (Guest guest = program.open(List.of(), LIMITS, new GuestLog("large", System::nanoTime))) {
            guest.started();
            assertThat((int) guest.call("sum")).isEqualTo((int) (9_000L * 1_234_567));
            assertThatThrownBy(() -> guest.call("forever")).hasMessage("time limit 500ms exceeded");
        }
    }
}
