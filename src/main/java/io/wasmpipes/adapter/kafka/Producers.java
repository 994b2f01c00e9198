package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Limits;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes the producers of one pipe on one cluster: idempotent, bounded, patient for some seconds. */
record Producers(Cluster cluster, Limits limits, String client) {
    private static final int REQUEST_MILLIS = 5000;
    private static final int DELIVERY_MILLIS = 15_000;
    private static final long ROOM_ABOVE_BODY = 64 << 10;
    private static final long LARGEST = 64 << 20;

    /** What a producer is made with; the variables are read anew. */
    Map<String, Object> options(Map<String, Object> more) throws TransientException {
        long record = Math.min(limits.maxMessageBytes() + ROOM_ABOVE_BODY, LARGEST);
        Map<String, Object> ours = new HashMap<>(more);
        ours.put("acks", "all");
        ours.put("enable.idempotence", true);
        ours.put("max.in.flight.requests.per.connection", 1); // see ADR 56: else a batch may overtake for good
        ours.put("linger.ms", 0);
        ours.put("batch.size", 64 << 10);
        ours.put("max.request.size", (int) record);
        ours.put("buffer.memory", Math.max(32L << 20, 2 * record));
        ours.put("max.block.ms", REQUEST_MILLIS);
        ours.put("request.timeout.ms", REQUEST_MILLIS);
        ours.put("delivery.timeout.ms", DELIVERY_MILLIS);
        ours.put("key.serializer", ByteArraySerializer.class);
        ours.put("value.serializer", ByteArraySerializer.class);
        Map<String, Object> all = cluster.client(client, ProducerConfig.configDef(), ours);
        long least = millis(all, "request.timeout.ms") + millis(all, "linger.ms"); // else Kafka refuses to start
        all.put("delivery.timeout.ms", (int) Math.max(least, millis(all, "delivery.timeout.ms")));
        return all;
    }

    Producer<byte[], byte[]> open(Map<String, Object> options) throws TransientException {
        try {
            return new KafkaProducer<>(options);
        } catch (KafkaException e) {
            throw cluster.outage(e);
        }
    }

    /** How long an outcome may take. */
    static Duration patience(Map<String, Object> options) {
        return Duration.ofMillis(millis(options, "delivery.timeout.ms") + REQUEST_MILLIS);
    }

    static long millis(Map<String, Object> options, String name) {
        return Long.parseLong(String.valueOf(options.get(name)).strip());
    }
}
