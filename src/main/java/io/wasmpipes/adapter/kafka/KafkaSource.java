package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A member of a consumer group. What is settled is committed up to the first record that is not; a retry has its
 * partition read again from there. One session after the other: a consumer that has failed is replaced.
 */
final class KafkaSource implements Source {
    private static final long PATIENCE_SECONDS = 5;

    private final KafkaSettings settings;
    private final Limits limits;
    private final String client;
    private final @Nullable Transactions transactions;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable Session current;
    private volatile boolean closed;

    /** @param transactions null unless it is to be exactly once */
    KafkaSource(KafkaSettings settings, Context context, @Nullable Transactions transactions) {
        this.transactions = transactions;
        this.settings = settings;
        this.limits = context.limits();
        this.client = "wasm-pipes-" + context.pipe();
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        open();
    }

    private Session open() throws TransientException, InterruptedException {
        Session session = current;
        if (session != null && session.alive()) {
            return session;
        }
        if (!opening.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw TransientException.outage("Kafka at " + settings.cluster() + " does not answer");
        }
        try {
            session = current;
            if (session != null && session.alive()) {
                return session;
            }
            if (closed) {
                throw TransientException.outage("the source is closed");
            }
            Session next = begin();
            current = next;
            if (closed) { // close() came in between and has not seen this session
                next.close();
            }
            return next;
        } finally {
            opening.unlock();
        }
    }

    private Session begin() throws TransientException, InterruptedException {
        try (Topics topics = Topics.open(settings.cluster(), client)) {
            topics.check(settings.topics());
        }
        try {
            return new Session(new KafkaConsumer<>(options()), settings, transactions, limits).start();
        } catch (KafkaException e) {
            throw settings.cluster().outage(e);
        }
    }

    /** Fetches stay well within what the pipe may hold. */
    private Map<String, Object> options() throws TransientException {
        int fetch = Math.clamp(limits.maxInFlightBytes() / 4, 64 << 10, 16 << 20);
        Map<String, Object> ours = new HashMap<>();
        ours.put("group.id", settings.name());
        ours.put("enable.auto.commit", false);
        ours.put("auto.offset.reset", "earliest"); // of a committed offset that is gone: rather twice than never
        ours.put("allow.auto.create.topics", false);
        ours.put("isolation.level", "read_committed");
        ours.put("max.poll.records", Math.clamp(limits.maxInFlight(), 1, 500));
        ours.put("fetch.max.bytes", fetch);
        ours.put("max.partition.fetch.bytes", Math.min(fetch, 1 << 20));
        ours.put("key.deserializer", ByteArrayDeserializer.class);
        ours.put("value.deserializer", ByteArrayDeserializer.class);
        return settings.cluster().client(client, ConsumerConfig.configDef(), ours);
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        if (closed) {
            return List.of();
        }
        return open().ledger().take(demand);
    }

    @Override
    public void settle(List<Settled> settled) {
        Session session = current;
        if (session != null) {
            session.ledger().settle(settled);
        }
    }

    @Override
    public OptionalLong lag() {
        Session session = current;
        return session == null ? OptionalLong.empty() : session.lag();
    }

    @Override
    public void close() {
        closed = true;
        Session session = current;
        if (session != null) {
            try {
                session.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public String toString() {
        return "kafka source of group " + settings.name();
    }
}
