package io.wasmpipes.adapter.kafka;

import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Looks whether topics are there, and so whether the brokers let us in: within 5 s, with the reason if not. */
final class Topics implements AutoCloseable {
    private static final int ANSWER_MILLIS = 3200;

    private final Cluster cluster;
    private final Admin admin;
    private final long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS + 200);

    private Topics(Cluster cluster, Admin admin) {
        this.cluster = cluster;
        this.admin = admin;
    }

    static Topics open(Cluster cluster, String name) throws TransientException {
        cluster.reach();
        Map<String, Object> ours =
                Map.of("default.api.timeout.ms", ANSWER_MILLIS, "request.timeout.ms", ANSWER_MILLIS - 200);
        Map<String, Object> options = cluster.client(name, AdminClientConfig.configDef(), ours);
        options.putAll(ours);
        try {
            return new Topics(cluster, Admin.create(options));
        } catch (KafkaException e) {
            throw cluster.outage(e);
        }
    }

    /** @throws TransientException an outage: one of them is missing, or nobody answers */
    void check(List<String> topics) throws TransientException, InterruptedException {
        for (String topic : topics) {
            try {
                get(admin.describeTopics(List.of(topic)).allTopicNames());
            } catch (ExecutionException e) {
                Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
                if (cause instanceof TimeoutException) {
                    throw TransientException.outage(
                            "Kafka at " + cluster + " takes connections and does not answer; is"
                                    + " KAFKA_OPT_SECURITY_PROTOCOL what it wants, and are its advertised listeners reachable?");
                }
                if (!(cause instanceof UnknownTopicOrPartitionException)) {
                    throw cluster.outage(cause);
                }
                if (!createdOnDemand()) {
                    throw TransientException.outage(
                            "topic " + topic + " is missing at Kafka at " + cluster + ": create it, the pipe waits");
                }
            }
        }
    }

    private boolean createdOnDemand() {
        return Boolean.parseBoolean(cluster.options().given().get("allow.auto.create.topics"));
    }

    /** The largest batch of records that {@code topic} takes; empty if we may not know. */
    OptionalInt largest(String topic) throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            Config config =
                    get(admin.describeConfigs(List.of(resource)).all()).getOrDefault(resource, new Config(List.of()));
            var entry = config.get("max.message.bytes");
            return entry == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(entry.value()));
        } catch (ExecutionException e) {
            return OptionalInt.empty(); // then the broker says so, message by message
        }
    }

    private <T> T get(KafkaFuture<T> future) throws ExecutionException, InterruptedException {
        try {
            return future.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new ExecutionException(new TimeoutException("no answer in time"));
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
