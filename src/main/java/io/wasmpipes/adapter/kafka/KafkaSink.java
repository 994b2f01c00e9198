package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Context;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a topic through an idempotent producer. Confirmed means: every in-sync replica has it. One {@link Outbox}
 * after the other: a producer that has failed is replaced.
 */
final class KafkaSink implements Sink {
    private static final long PATIENCE_SECONDS = 5;
    private static final int REQUEST_MILLIS = 5000;
    private static final int DELIVERY_MILLIS = 15_000;
    private static final long ROOM_ABOVE_BODY = 64 << 10;

    /** An outbox and how much its topic takes. */
    private record Way(Outbox outbox, int largest, Duration patience) {}

    private final KafkaSettings settings;
    private final Limits limits;
    private final String client;
    private final SentBatch.Chains chains = new SentBatch.Chains();
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable Way current;
    private volatile boolean closed;

    KafkaSink(KafkaSettings settings, Context context) {
        this.settings = settings;
        this.limits = context.limits();
        this.client = "wasm-pipes-" + context.pipe();
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        open();
    }

    private Way open() throws TransientException, InterruptedException {
        Way way = current;
        if (way != null && way.outbox().alive()) {
            return way;
        }
        if (!opening.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw TransientException.outage("Kafka at " + settings.cluster() + " does not answer");
        }
        try {
            way = current;
            if (way != null && way.outbox().alive()) {
                return way;
            }
            if (closed) {
                throw TransientException.outage("the sink is closed");
            }
            if (way != null) {
                way.outbox().close(); // nothing of the old one is on its way any more
            }
            Way next = begin();
            current = next;
            if (closed) { // close() came in between and has not seen this one
                next.outbox().close();
            }
            return next;
        } finally {
            opening.unlock();
        }
    }

    private Way begin() throws TransientException, InterruptedException {
        int largest = Integer.MAX_VALUE;
        Map<String, Object> options = options();
        try (Topics topics = Topics.open(settings.cluster(), client)) {
            topics.check(settings.topics());
            if (options.getOrDefault("compression.type", "none").equals("none")) {
                largest = topics.largest(settings.name()).orElse(largest);
            }
        }
        try {
            KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(options);
            Duration patience = Duration.ofMillis(number(options, "delivery.timeout.ms") + REQUEST_MILLIS);
            return new Way(new Outbox(producer, settings.cluster()), largest, patience);
        } catch (KafkaException e) {
            throw settings.cluster().outage(e);
        }
    }

    private Map<String, Object> options() throws TransientException {
        long record = limits.maxMessageBytes() + ROOM_ABOVE_BODY;
        Map<String, Object> ours = new HashMap<>();
        ours.put("acks", "all");
        ours.put("enable.idempotence", true);
        ours.put("linger.ms", 0);
        ours.put("batch.size", 64 << 10);
        ours.put("max.request.size", (int) Math.min(record, 64 << 20));
        ours.put("buffer.memory", Math.max(32L << 20, 2 * Math.min(record, 64 << 20)));
        ours.put("max.block.ms", REQUEST_MILLIS);
        ours.put("request.timeout.ms", REQUEST_MILLIS);
        ours.put("delivery.timeout.ms", DELIVERY_MILLIS);
        ours.put("key.serializer", ByteArraySerializer.class);
        ours.put("value.serializer", ByteArraySerializer.class);
        Map<String, Object> all = settings.cluster().client(client, ProducerConfig.configDef(), ours);
        long least = number(all, "request.timeout.ms") + number(all, "linger.ms"); // else Kafka refuses to start
        all.put("delivery.timeout.ms", (int) Math.max(least, number(all, "delivery.timeout.ms")));
        return all;
    }

    private static long number(Map<String, Object> options, String name) {
        return Long.parseLong(String.valueOf(options.get(name)).strip());
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        SentBatch previous = chains.unawaited();
        Way way;
        try {
            way = open();
        } catch (TransientException e) {
            return chains.add(unsent(previous, messages.size(), e));
        }
        if (previous != null && previous.outbox() != way.outbox()) {
            return chains.add(unsent(previous, messages.size(), lost(previous)));
        }
        SentBatch batch = chains.add(new SentBatch(way.outbox(), previous, messages.size(), way.patience()));
        for (int i = 0; i < messages.size(); i++) {
            send(messages.get(i), way, batch, i);
        }
        return batch;
    }

    private void send(Message message, Way way, SentBatch batch, int index) throws InterruptedException {
        TransientException failure = way.outbox().failure();
        if (failure != null) {
            batch.fail(index, failure);
            return;
        }
        try {
            way.outbox().send(Wire.record(settings, message, way.largest()), batch, index);
        } catch (PoisonException e) {
            batch.fail(index, e);
        }
    }

    private TransientException lost(SentBatch previous) {
        Outbox outbox = previous.outbox();
        TransientException failure = outbox == null ? null : outbox.failure();
        return failure == null
                ? TransientException.outage("the producer for Kafka at " + settings.cluster() + " has ended")
                : failure;
    }

    private static SentBatch unsent(@Nullable SentBatch previous, int count, PipeException why) {
        SentBatch batch = new SentBatch(null, previous, count, Duration.ZERO);
        for (int i = 0; i < count; i++) {
            batch.fail(i, why);
        }
        return batch;
    }

    @Override
    public void close() {
        closed = true;
        Way way = current;
        if (way != null) {
            way.outbox().close();
        }
    }

    @Override
    public String toString() {
        return "kafka sink of topic " + settings.name();
    }
}
