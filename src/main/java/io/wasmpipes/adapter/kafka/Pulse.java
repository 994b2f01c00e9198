package io.wasmpipes.adapter.kafka;

import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then whether a consumer has a connection, since it never says that it has none, and how far behind it is.
 * Owned by the consumer's thread, but for {@link #lag}.
 */
final class Pulse {
    private static final long EVERY = Duration.ofMillis(500).toNanos();
    private static final long PATIENCE = Duration.ofSeconds(4).toNanos();

    private final Consumer<?, ?> consumer;
    private final Cluster cluster;
    private final Ledger ledger;
    private final @Nullable Metric connections;
    private long next = System.nanoTime();
    private long lastSeen = System.nanoTime();
    private boolean away;
    private volatile long lag = -1;

    Pulse(Consumer<?, ?> consumer, Cluster cluster, Ledger ledger) {
        this.consumer = consumer;
        this.cluster = cluster;
        this.ledger = ledger;
        this.connections = consumer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("connection-count"))
                .findFirst()
                .map(java.util.Map.Entry::getValue)
                .orElse(null);
    }

    OptionalLong lag() {
        long known = lag;
        return known < 0 ? OptionalLong.empty() : OptionalLong.of(known);
    }

    void feel() {
        long now = System.nanoTime();
        if (now - next < 0) {
            return;
        }
        next = now + EVERY;
        if (connected()) {
            lastSeen = now;
            if (away) {
                away = false;
                ledger.away(null);
            }
        } else if (!away && now - lastSeen > PATIENCE) {
            away = true;
            ledger.away(TransientException.outage("the connection to Kafka at " + cluster + " is lost"));
        }
        measure();
    }

    private boolean connected() {
        return connections == null || !(connections.metricValue() instanceof Number open) || open.doubleValue() > 0;
    }

    private void measure() {
        long sum = -1;
        for (TopicPartition partition : consumer.assignment()) {
            OptionalLong each = consumer.currentLag(partition);
            if (each.isPresent()) {
                sum = Math.max(0, sum) + each.getAsLong();
            }
        }
        lag = sum;
    }
}
