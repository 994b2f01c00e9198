package io.wasmpipes.app;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Scope;
import io.wasmpipes.Source;
import io.wasmpipes.pipe.DeadMessage;
import io.wasmpipes.pipe.PipeEvents;
import io.wasmpipes.pipe.PipeStatus;
import io.wasmpipes.pipe.Trail;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the pipe tells, as Prometheus metrics, and its outages as log lines. Thread-safe. */
final class Telemetry implements PipeEvents, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);

    /** Modules may keep so many counters of their own; more are not counted, lest a guest fill our memory. */
    private static final int OWN_COUNTERS_MAX = 64;

    private static final Duration HOPS_TOLD_AGAIN = Duration.ofMinutes(1);

    private static final Duration[] LATENCIES = {
        Duration.ofNanos(100_000),
        Duration.ofMillis(1),
        Duration.ofMillis(10),
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1)
    };

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Tags tags;
    private final Counter received;
    private final Counter emitted;
    private final Counter handedBack;
    private final Counter lapsed;
    private final Counter suspects;
    private volatile long hopsToldNanos = System.nanoTime() - HOPS_TOLD_AGAIN.toNanos() - 1;
    private final Timer latency;
    private final Map<String, ModuleMeters> modules = new ConcurrentHashMap<>();
    private final Map<String, Counter> deadLetters = new ConcurrentHashMap<>();
    private final Map<String, Counter> paused = new ConcurrentHashMap<>();
    private final Map<String, Timer> hops = new ConcurrentHashMap<>();
    private final Onlookers onlookers;

    /** @param onlookers see single messages */
    Telemetry(String pipe, String version, Onlookers onlookers) {
        this.onlookers = onlookers;
        tags = Tags.of("pipe", pipe);
        received = registry.counter("wasmpipes.messages.received", tags);
        emitted = registry.counter("wasmpipes.messages.emitted", tags);
        handedBack = registry.counter("wasmpipes.handed.back", tags);
        lapsed = registry.counter("wasmpipes.lapsed", tags);
        suspects = registry.counter("wasmpipes.hops.suspicious", tags);
        latency = timer("wasmpipes.end.to.end.latency", tags);
        Gauge.builder("wasmpipes.build.info", () -> 1)
                .tags(tags.and("version", version))
                .register(registry);
    }

    private Timer timer(String name, Tags of) {
        return Timer.builder(name).tags(of).serviceLevelObjectives(LATENCIES).register(registry);
    }

    /** Adds what is read when somebody looks. */
    void watch(Supplier<PipeStatus> status, Source source, Limits limits) {
        gauge("wasmpipes.in.flight.messages", status, PipeStatus::inFlightMessages);
        gauge("wasmpipes.in.flight.bytes", status, PipeStatus::inFlightBytes);
        gauge("wasmpipes.in.flight.messages.limit", limits, Limits::maxInFlight);
        gauge("wasmpipes.in.flight.bytes.limit", limits, Limits::maxInFlightBytes);
        gauge("wasmpipes.oldest.message.age.seconds", status, s -> s.oldest().toNanos() / 1e9);
        gauge("wasmpipes.degraded", status, s -> s.outages().isEmpty() ? 0 : 1);
        Gauge.builder(
                        "wasmpipes.source.lag.messages",
                        source,
                        s -> s.lag().stream().asDoubleStream().findFirst().orElse(Double.NaN))
                .strongReference(true)
                .tags(tags)
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    private void gauge(String name, Supplier<PipeStatus> status, ToDoubleFunction<PipeStatus> value) {
        Gauge.builder(name, status, s -> value.applyAsDouble(s.get()))
                .strongReference(true)
                .tags(tags)
                .register(registry);
    }

    private void gauge(String name, Limits limits, ToDoubleFunction<Limits> value) {
        Gauge.builder(name, limits, value).strongReference(true).tags(tags).register(registry);
    }

    /** In the text format of Prometheus. */
    String scrape() {
        return registry.scrape();
    }

    @Override
    public void received(int messages, long bytes) {
        received.increment(messages);
    }

    @Override
    public Trail follow(Message input, int attempt) {
        return onlookers.follow(input, attempt);
    }

    @Override
    public void died(DeadMessage dead) {
        onlookers.died(dead);
    }

    @Override
    public void hop(String hop, long nanos) {
        hops.computeIfAbsent(hop, h -> timer("wasmpipes.hop.duration", tags.and("hop", h)))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void emitted(String sink, int messages) {
        emitted.increment(messages);
    }

    private ModuleMeters module(String name) {
        return modules.computeIfAbsent(
                name, module -> new ModuleMeters(registry, tags, module, of -> timer("wasmpipes.module.duration", of)));
    }

    @Override
    public void filtered(String module) {
        module(module).filtered();
    }

    @Override
    public void moduleRan(String module, long nanos) {
        module(module).ran(nanos);
    }

    @Override
    public void moduleMade(String module, int outputs, long bytes) {
        module(module).made(outputs, bytes);
    }

    @Override
    public void moduleUsed(String module, Scope.Usage usage, long amount) {
        module(module).used(usage, amount);
    }

    @Override
    public void moduleMemory(String module, long bytes, boolean renewed) {
        module(module).memory(bytes, renewed);
    }

    @Override
    public void counted(String module, String name, long delta) {
        module(module).counted(name, delta, this::roomForCounters);
    }

    private boolean roomForCounters() {
        return modules.values().stream().mapToInt(ModuleMeters::counters).sum() < OWN_COUNTERS_MAX;
    }

    @Override
    public void manyHops(int hops) {
        suspects.increment();
        long now = System.nanoTime();
        if (now - hopsToldNanos > HOPS_TOLD_AGAIN.toNanos()) {
            hopsToldNanos = now;
            LOG.warn("a message has passed {} pipes: is there a loop? See wasm-pipes describe, and HOP_LIMIT", hops);
        }
    }

    /** Modules that had changed took over, or could not. */
    void reloaded(boolean well) {
        registry.counter("wasmpipes.module.reloads", tags.and("result", well ? "ok" : "failed"))
                .increment();
    }

    @Override
    public void poisoned(String module, String reason) {
        deadLetters
                .computeIfAbsent(
                        module + "\0" + reason,
                        _ -> registry.counter("wasmpipes.dead.letters", tags.and("module", module, "reason", reason)))
                .increment();
    }

    @Override
    public void done(long nanos) {
        latency.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void handedBack(int messages) {
        handedBack.increment(messages);
    }

    @Override
    public void lapsed(int messages) {
        lapsed.increment(messages);
    }

    @Override
    public void paused(String reason, long nanos) {
        paused.computeIfAbsent(reason, r -> registry.counter("wasmpipes.source.paused.seconds", tags.and("reason", r)))
                .increment(nanos / 1e9);
    }

    @Override
    public void outage(String end, String why) {
        LOG.warn("{} is away, messages wait: {}", end, why);
    }

    @Override
    public void recovered(String end, Duration after) {
        LOG.info("{} is back after_ms={}", end, after.toMillis());
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
