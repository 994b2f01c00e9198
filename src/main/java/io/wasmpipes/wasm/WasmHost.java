package io.wasmpipes.wasm;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Stage;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.wasm.abi.Abi;
import io.wasmpipes.wasm.abi.Surroundings;
import io.wasmpipes.wasm.engine.Ambience;
import io.wasmpipes.wasm.engine.Engine;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.http.HttpCalls;
import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Turns module images into stages; one per process. Any thread. */
public final class WasmHost implements AutoCloseable {
    private final Engine engine;
    private final Map<String, SoftReference<Program>> programs = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private final RandomGenerator random;
    private final @Nullable HttpCalls http;

    /**
     * A host without modules.
     *
     * @param stateDir STATE_DIR, where compiled modules are kept
     * @param clock what guests see as the time
     * @param random what guests get random bytes from; safe from any thread, such as a SecureRandom
     * @param http makes the requests of guests, null if they may make none
     */
    public WasmHost(Path stateDir, InstantSource clock, RandomGenerator random, @Nullable HttpCalls http) {
        this.engine = new Engine(stateDir, new Ambience(clock, random));
        this.clock = clock;
        this.random = random;
        this.http = http;
    }

    /**
     * Compiles a module, or takes it from disk, and checks that it can run. Blocks for about a second per 800 KB.
     *
     * @throws ConfigException if it is no module, has no known ABI, or imports what this host does not have
     */
    public Stage.Factory load(ModuleSpec spec) throws ConfigException {
        Program program = program(spec);
        Abi abi = Abi.of(program, spec.abi());
        String entry = abi.entry(program, spec.function());
        WasmLimits limits = spec.limits();
        Surroundings surroundings =
                new Surroundings(spec.config(), limits.guest(), limits.outputs(), limits.cache(), clock, random, http);
        abi.check(program, surroundings);
        String digest = digest(spec, abi.id() + " " + entry);
        return new WasmStage.Factory(
                spec.alias(), digest, abi.writesCache(program), () -> abi.open(program, entry, surroundings));
    }

    /** Compiled code is kept while there is memory: the same module with another configuration is there at once, and warm. */
    private Program program(ModuleSpec spec) throws ConfigException {
        String key = spec.alias() + "\n" + spec.image().digest();
        SoftReference<Program> known = programs.get(key);
        Program program = known == null ? null : known.get();
        if (program == null) {
            program = engine.compile(spec.alias(), spec.image().bytes());
            programs.values().removeIf(each -> each.get() == null);
            programs.put(key, new SoftReference<>(program));
        }
        return program;
    }

    /**
     * Looks at a module, without running it. Blocks as {@link #load} does.
     *
     * @throws ConfigException if it is no module
     */
    public Inspection inspect(ModuleImage image) throws ConfigException {
        long start = System.nanoTime();
        Program program = engine.compile(image.name(), image.bytes());
        Duration compiled = Duration.ofNanos(System.nanoTime() - start);
        WasmLimits limits = WasmLimits.DEFAULT;
        return Inspection.of(
                image,
                program,
                compiled,
                new Surroundings(Map.of(), limits.guest(), limits.outputs(), limits.cache(), clock, random, http));
    }

    /** Identifies what decides about outputs: code, ABI, entry and configuration; not the alias, not the limits. */
    private static String digest(ModuleSpec spec, String entry) {
        StringBuilder text =
                new StringBuilder(spec.image().digest()).append('\n').append(entry);
        for (Map.Entry<String, String> pair : new TreeMap<>(spec.config()).entrySet()) {
            text.append('\n').append(pair.getKey()).append('\0').append(pair.getValue());
        }
        return ModuleImage.of(spec.alias(), Bytes.utf8(text.toString())).digest();
    }

    /** Stops the watchdog; the stages must be closed before. */
    @Override
    public void close() {
        engine.close();
    }
}
