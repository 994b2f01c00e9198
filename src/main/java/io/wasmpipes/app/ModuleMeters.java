package io.wasmpipes.app;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.wasmpipes.Headers;
import io.wasmpipes.Scope;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** The metrics of one module: what it was given, made and used. Thread-safe. */
final class ModuleMeters {
    private final MeterRegistry registry;
    private final Tags tags;
    private final Timer duration;
    private final DistributionSummary memory;
    private final Map<Scope.Usage, Counter> usages = new EnumMap<>(Scope.Usage.class);
    private final Counter filtered;
    private final Counter outputs;
    private final Counter outputBytes;
    private final Counter recycles;
    private final Map<String, Counter> own = new ConcurrentHashMap<>();

    /** @param timer makes a histogram of times */
    ModuleMeters(MeterRegistry registry, Tags pipe, String module, Function<Tags, Timer> timer) {
        this.registry = registry;
        this.tags = pipe.and("module", module);
        this.duration = timer.apply(tags);
        this.memory = DistributionSummary.builder("wasmpipes.module.memory")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
        this.filtered = registry.counter("wasmpipes.messages.filtered", tags);
        this.outputs = registry.counter("wasmpipes.module.outputs", tags);
        this.outputBytes = registry.counter("wasmpipes.module.output.bytes", tags);
        this.recycles = registry.counter("wasmpipes.module.recycles", tags);
        for (Scope.Usage usage : Scope.Usage.values()) {
            String name = Headers.fold(usage.name()).replace('_', '.');
            usages.put(usage, registry.counter("wasmpipes.module." + name, tags));
        }
    }

    void ran(long nanos) {
        duration.record(nanos, TimeUnit.NANOSECONDS);
    }

    void filtered() {
        filtered.increment();
    }

    void made(int messages, long bytes) {
        outputs.increment(messages);
        outputBytes.increment((double) bytes);
    }

    void used(Scope.Usage usage, long amount) {
        Counter counter = usages.get(usage);
        if (counter != null) {
            counter.increment((double) amount);
        }
    }

    void memory(long bytes, boolean renewed) {
        memory.record((double) bytes);
        recycles.increment(renewed ? 1 : 0);
    }

    /** Adds to a counter of the module's own; {@code room} is asked before there is one more. */
    void counted(String name, long delta, BooleanSupplier room) {
        Counter counter = own.get(name);
        if (counter == null && room.getAsBoolean()) {
            counter = own.computeIfAbsent(
                    name, _ -> registry.counter("wasmpipes.module.counter", tags.and("name", name)));
        }
        if (counter != null && delta > 0) {
            counter.increment((double) delta);
        }
    }

    int counters() {
        return own.size();
    }
}
