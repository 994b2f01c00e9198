package io.wasmpipes.adapter.kafka;

import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * One producer, or one transaction of it, up to its first transient failure. With that it ends at once, from within the
 * thread that sends: what is queued behind the failure fails too and cannot overtake. Thread-safe.
 */
final class Outbox {
    private static final Duration FLUSH = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final Cluster cluster;
    private final AtomicReference<@Nullable TransientException> failure = new AtomicReference<>();
    private final Runnable onFailure;

    private Outbox(Producer<byte[], byte[]> producer, Cluster cluster, Runnable onFailure) {
        this.producer = producer;
        this.cluster = cluster;
        this.onFailure = onFailure;
    }

    /** One that closes its producer at the first failure. */
    static Outbox closing(Producer<byte[], byte[]> producer, Cluster cluster) {
        return new Outbox(producer, cluster, () -> producer.close(Duration.ZERO));
    }

    /** One for a single transaction, which the first failure ends: {@code onFailure}, from any thread. */
    static Outbox of(Producer<byte[], byte[]> producer, Cluster cluster, Runnable onFailure) {
        return new Outbox(producer, cluster, onFailure);
    }

    boolean alive() {
        return failure.get() == null;
    }

    /** Why it does not work any more; null while it does. */
    @Nullable
    TransientException failure() {
        return failure.get();
    }

    /**
     * Hands one record over; its outcome goes to the batch. Blocks only for room.
     *
     * @param refused hears, before the batch does, that Kafka will never take it
     */
    void send(ProducerRecord<byte[], byte[]> record, Records batch, int index, Consumer<PoisonException> refused)
            throws InterruptedException {
        try {
            Future<?> _ = producer.send(record, (_, e) -> {
                if (e == null) {
                    batch.confirm(index);
                } else {
                    batch.fail(index, failed(e, refused));
                }
            });
        } catch (InterruptException e) {
            boolean _ = Thread.interrupted();
            throw new InterruptedException();
        } catch (KafkaException | IllegalStateException e) { // closed under our hands, or fenced
            batch.fail(index, failed(e, refused));
        }
    }

    private PipeException failed(Exception e, Consumer<PoisonException> refused) {
        return switch (e) {
            case RecordTooLargeException _, SerializationException _, InvalidRecordException _ -> {
                PoisonException poison = new PoisonException("Kafka refuses the record: " + e.getMessage());
                refused.accept(poison);
                yield poison;
            }
            default -> {
                TransientException known = failure.get();
                yield known == null ? breakDown(cluster.outage(e)) : known;
            }
        };
    }

    /** Ends it for this reason, unless it has ended before; answers the first reason. */
    TransientException breakDown(TransientException why) {
        if (failure.compareAndSet(null, why)) {
            onFailure.run();
            return why;
        }
        TransientException first = failure.get();
        return first == null ? why : first;
    }

    /** Sends what is queued and closes. */
    void close() {
        try {
            producer.close(alive() ? FLUSH : Duration.ZERO);
        } catch (KafkaException e) {
            // what was queued has its outcome
        }
    }
}
