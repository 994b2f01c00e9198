package io.wasmpipes.wasm;

import static org.assertj.core.api.Assertions.fail;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.wasm.abi.CacheLimits;
import io.wasmpipes.wasm.abi.OutputLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Valid modules with some bytes changed: each is refused, or runs within its limits. */
final class Mutations {
    private static final List<String> MODULES = List.of("tag", "uppercase", "hot", "vowels", "lookup");
    private static final int BYTES_MAX = 8;
    private static final WasmLimits LIMITS =
            new WasmLimits(4 << 20, Duration.ofMillis(200), new OutputLimits(5, 5000), new CacheLimits(100, 1 << 22));

    private Mutations() {}

    /** Loads {@code count} mutations and gives a message to those that load; answers how many these were. */
    static int run(Path state, int count, long seed) throws Exception {
        int loaded = 0;
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            String name = MODULES.get(random.nextInt(MODULES.size()));
            byte[] wasm = Files.readAllBytes(Path.of("modules", name, name + ".wasm"));
            for (int changes = 1 + random.nextInt(BYTES_MAX); changes > 0; changes--) {
                wasm[random.nextInt(wasm.length)] = (byte) random.nextInt(256);
            }
            try (GuestStage guests = new GuestStage(state.resolve(Integer.toString(i)))) {
                loaded += runs(guests, wasm) ? 1 : 0;
            } catch (PoisonException | TransientException e) {
                loaded++; // it runs, to an end with a reason
            } catch (Exception | Error e) {
                fail("mutation " + i + " of " + name + ", seed " + seed, e);
            }
        }
        return loaded;
    }

    private static boolean runs(GuestStage guests, byte[] wasm) throws Exception {
        Stage stage;
        try {
            stage = guests.open(new ModuleSpec(
                    "mutant", ModuleImage.of("mutant.wasm", Bytes.wrap(wasm)), Map.of(), null, null, LIMITS));
        } catch (ConfigException e) {
            return false;
        }
        guests.run(stage, "{\"temp\": 41}");
        return true;
    }
}
