package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.wasm.engine.GuestLog;
import io.wasmpipes.wasm.engine.GuestMemory;
import io.wasmpipes.wasm.engine.HostFunction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.slf4j.event.Level;

/** The rest of what {@code wasmpipes_v1} offers: log, metrics, time, chance. */
final class V1Services {
    private static final Pattern METRIC = Pattern.compile("[a-z][a-z0-9_]{0,63}");
    private static final int METRICS_MAX = 64;
    private static final int RANDOM_MAX = 1 << 16;

    private final Desk desk;
    private final Surroundings surroundings;
    private final BiConsumer<Level, String> log;
    private final Set<String> metrics = new HashSet<>();

    V1Services(Desk desk, Surroundings surroundings, BiConsumer<Level, String> log) {
        this.desk = desk;
        this.surroundings = surroundings;
        this.log = log;
    }

    List<HostFunction> functions() {
        return List.of(
                shared("log", "i32 i32 i32 ->", (memory, a) -> {
                    log.accept(level((int) a[0]), memory.loose(a[1], a[2], GuestLog.LINE_MAX));
                    return 0;
                }),
                shared("metric_add", "i32 i32 i64 ->", this::metric),
                function("now_ms", "-> i64", (memory, a) -> surroundings.clock().millis()),
                function("random", "i32 i32 ->", this::random));
    }

    private static HostFunction function(String name, String signature, HostFunction.Body body) {
        return HostFunction.of(WasmPipesV1.MODULE, name, signature, body);
    }

    private static HostFunction shared(String name, String signature, HostFunction.Body body) {
        return HostFunction.shared(WasmPipesV1.MODULE, name, signature, body);
    }

    /** 0 debug, 1 info, 2 warn, 3 and above error. */
    private static Level level(int number) {
        return switch (number) {
            case 0 -> Level.DEBUG;
            case 1 -> Level.INFO;
            case 2 -> Level.WARN;
            default -> Level.ERROR;
        };
    }

    private long metric(GuestMemory memory, long[] a) throws PoisonException {
        String name = memory.text(a[0], a[1], METRICS_MAX, "metric name");
        if (!METRIC.matcher(name).matches()) {
            throw new PoisonException("counted a metric whose name is not of the form " + METRIC.pattern());
        }
        if (metrics.add(name) && metrics.size() > METRICS_MAX) {
            throw new PoisonException("counted more than " + METRICS_MAX + " metrics");
        }
        desk.turn().scope().count(name, a[2]);
        return 0;
    }

    private long random(GuestMemory memory, long[] a) throws PoisonException {
        int length = (int) Math.min(Integer.toUnsignedLong((int) a[1]), RANDOM_MAX + 1L);
        if (length > RANDOM_MAX) {
            throw new PoisonException("asked for more than " + RANDOM_MAX + " random bytes at once");
        }
        byte[] bytes = new byte[length];
        surroundings.random().nextBytes(bytes);
        memory.write(a[0], a[1], Bytes.wrap(bytes), 0);
        return 0;
    }
}
