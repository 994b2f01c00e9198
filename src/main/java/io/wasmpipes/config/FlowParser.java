package io.wasmpipes.config;

import io.wasmpipes.Limits;
import io.wasmpipes.Units;
import java.time.Duration;
import java.util.OptionalInt;

/** Reads how messages move, and refuses budgets that the heap cannot hold. */
final class FlowParser {
    private static final int MANY = Integer.MAX_VALUE;
    private static final int DEFAULT_WORKERS = 4;
    private static final Duration TICK = Duration.ofMillis(1);

    private final Values values;
    private final Machine machine;

    FlowParser(Values values, Machine machine) {
        this.values = values;
        this.machine = machine;
    }

    Flow parse() {
        return new Flow(workers(), values.choice("ORDER", Flow.Order.class), limits(), retry(), hopLimit());
    }

    private int workers() {
        return values.given("WORKERS").isPresent()
                ? values.integer("WORKERS", 1, 1024)
                : Math.clamp(machine.cores(), 1, DEFAULT_WORKERS);
    }

    private Limits limits() {
        int inFlight = values.integer("MAX_IN_FLIGHT", 1, MANY);
        int batch = values.integer("BATCH_SIZE", 1, MANY);
        if (batch > inFlight && values.given("BATCH_SIZE").isPresent()) {
            values.wrong("BATCH_SIZE", "must not exceed MAX_IN_FLIGHT, " + inFlight, batch);
        }
        return new Limits(
                inFlight,
                values.size("MAX_IN_FLIGHT_BYTES", 1, Long.MAX_VALUE),
                values.size("MAX_MESSAGE_BYTES", 1, MANY - 8),
                Math.min(batch, inFlight),
                values.duration("LEASE_MAX", TICK));
    }

    private Flow.Retry retry() {
        Duration initial = values.duration("RETRY_INITIAL_INTERVAL", TICK);
        Duration max = values.duration("RETRY_MAX_INTERVAL", TICK);
        if (initial.compareTo(max) > 0) {
            values.wrong("RETRY_INITIAL_INTERVAL", Units.text(initial), "must not exceed RETRY_MAX_INTERVAL", max);
        }
        return new Flow.Retry(
                initial,
                max,
                values.duration("RETRY_MAX_ELAPSED", Duration.ZERO),
                values.integer("MAX_DELIVERIES", 1, MANY));
    }

    private OptionalInt hopLimit() {
        return values.text("HOP_LIMIT").equals("off")
                ? OptionalInt.empty()
                : OptionalInt.of(values.integer("HOP_LIMIT", 1, MANY));
    }

    /**
     * What messages and the cache may take together must leave the heap a quarter for all else: the sum is refused, not
     * each part, because the parts share one heap.
     */
    void checkHeap(Limits limits, long cacheBytes) {
        double room = machine.heap() * 0.75;
        double sum = (double) limits.maxInFlightBytes() + limits.maxMessageBytes() + cacheBytes;
        if (sum <= room) {
            return;
        }
        String cache = cacheBytes == 0 ? "" : " + CACHE_MAX_BYTES " + Units.text(cacheBytes);
        values.problems()
                .add(
                        "MAX_IN_FLIGHT_BYTES",
                        Units.text(limits.maxInFlightBytes()),
                        "MAX_IN_FLIGHT_BYTES + MAX_MESSAGE_BYTES " + Units.text(limits.maxMessageBytes()) + cache
                                + " must fit in three quarters of the heap, which is "
                                + Units.text(machine.heap() >> 20 << 20),
                        "lower them, or give the JVM more heap: JAVA_OPTS=-Xmx512m");
    }
}
