package io.wasmpipes.wasm;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.Scope;
import io.wasmpipes.Stage;
import io.wasmpipes.State;
import io.wasmpipes.cases.MemoryState;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.support.Wat;
import io.wasmpipes.wasm.abi.CacheLimits;
import io.wasmpipes.wasm.abi.OutputLimits;
import io.wasmpipes.wasm.http.HttpCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Guests written in WAT as stages of a pipe that has a cache and counters in memory. One thread. */
final class GuestStage implements AutoCloseable {
    /** Time enough on a starved machine, for guests that are to meet another limit, or none. */
    static final WasmLimits LIMITS = new WasmLimits(
            4 << 20, Duration.ofMinutes(1), new OutputLimits(5, 5000), new CacheLimits(1_000_000, 1 << 30));

    private static final WasmLimits HASTY = new WasmLimits(
            4 << 20, Duration.ofSeconds(1), new OutputLimits(5, 5000), new CacheLimits(1_000_000, 1 << 30));

    private final WasmHost host;
    final Map<String, Long> counts = new HashMap<>();
    final Map<Scope.Usage, Long> usages = new EnumMap<>(Scope.Usage.class);
    final List<Long> memories = new ArrayList<>();
    int renewals;
    final MemoryState memory = new MemoryState();
    State state = memory;

    GuestStage(Path folder) {
        this(folder, null);
    }

    /** Guests that may make requests. */
    GuestStage(Path folder, @Nullable HttpCalls http) {
        host = new WasmHost(folder, InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_123L)), new Random(5), http);
    }

    /** A module of wasmpipes_v1: {@code imports} as name and types, {@code body} the rest of the module. */
    static String v1(String imports, String body) {
        StringBuilder wat = new StringBuilder("(module\n");
        for (String line : imports.lines().filter(text -> !text.isBlank()).toList()) {
            String[] parts = line.strip().split(" ", 2);
            wat.append("(import \"wasmpipes_v1\" \"%1$s\" (func $%1$s %2$s))%n"
                    .formatted(parts[0], parts.length > 1 ? parts[1] : ""));
        }
        return wat.append("(memory (export \"memory\") 1)\n")
                .append(body)
                .append(")")
                .toString();
    }

    Stage open(String wat) throws ConfigException {
        return open(wat, Map.of());
    }

    Stage open(String wat, Map<String, String> config) throws ConfigException {
        return open(wat, config, LIMITS);
    }

    /** One that is to meet its time limit, of 1 s. */
    Stage hasty(String wat) throws ConfigException {
        return open(wat, Map.of(), HASTY);
    }

    private Stage open(String wat, Map<String, String> config, WasmLimits limits) throws ConfigException {
        ModuleImage image = ModuleImage.of("guest.wasm", Wat.module(wat));
        return open(new ModuleSpec("guest", image, config, null, null, limits));
    }

    Stage open(ModuleSpec spec) throws ConfigException {
        return host.load(spec).open();
    }

    WasmHost host() {
        return host;
    }

    List<Message> run(Stage stage, String body) throws Exception {
        return run(stage, Message.of(Bytes.utf8(body)));
    }

    List<Message> run(Stage stage, Message message) throws Exception {
        return stage.apply(message, new Scope() {
            @Override
            public State state() {
                return state;
            }

            @Override
            public void count(String name, long delta) {
                counts.merge(name, delta, Long::sum);
            }

            @Override
            public void used(Usage usage, long amount) {
                usages.merge(usage, amount, Long::sum);
            }

            @Override
            public void memory(long bytes, boolean renewed) {
                memories.add(bytes);
                renewals += renewed ? 1 : 0;
            }
        });
    }

    static List<String> bodies(List<Message> messages) {
        return messages.stream().map(message -> message.body().utf8()).toList();
    }

    @Override
    public void close() {
        host.close();
    }
}
