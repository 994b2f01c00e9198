package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The one transactional producer of a pipe: its source begins and ends transactions, its sinks write into the open one.
 * Only the thread of the source's consumer calls it, but for {@link #outbox}. The id is that of the static member, or a
 * random one: a zombie cannot commit either way, since the offsets go along with the member's generation.
 */
final class Transactions {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int REFUSED = 1000;

    private final Producers producers;
    private final String id;
    private @Nullable Producer<byte[], byte[]> producer;
    private Duration timeout = Duration.ofMillis(TIMEOUT_MILLIS);
    private @Nullable Gate last;
    /** The last few of them, so that one that is refused does not abort one transaction after the other. */
    private final Map<String, String> refused = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > REFUSED;
        }
    });

    private volatile @Nullable Outbox open;

    Transactions(KafkaSettings source, Limits limits, String pipe) {
        this.producers = new Producers(source.cluster(), limits, "wasm-pipes-" + pipe);
        String member = source.cluster().options().given().get("group.instance.id");
        this.id = pipe + "-" + source.name() + "-" + (member == null ? UUID.randomUUID() : member);
    }

    /** Where the sinks write; any thread. */
    Outbox outbox() throws TransientException {
        Outbox current = open;
        if (current == null) {
            throw TransientException.outage("no transaction is open: the last one was aborted");
        }
        return current;
    }

    /** Kafka refuses a record, and with it the whole transaction; when it is sent again it is known to be poison. */
    void refused(Message message, PoisonException why, Outbox outbox) {
        refused.put(name(message), String.valueOf(why.getMessage()));
        TransientException _ = outbox.breakDown(TransientException.outage("a record was refused: " + why.getMessage()));
    }

    /** @throws PoisonException if Kafka has refused it in an earlier transaction */
    void checkRefused(Message message) throws PoisonException {
        String why = refused.isEmpty() ? null : refused.get(name(message));
        if (why != null) {
            throw new PoisonException(why);
        }
    }

    private static String name(Message message) {
        return message.id().value() + "/" + message.body().length();
    }

    /** After so long a transaction would be aborted by the broker. */
    Duration timeout() {
        return timeout;
    }

    /** Whether nobody can write for an earlier transaction any more, so that nothing of it can slip into the next one. */
    boolean mayBegin(Gate gate) {
        Gate earlier = last;
        return (earlier == null || earlier.isReleased()) && gate.isReleased();
    }

    /** Sees to it that there is a producer, and that no transaction of an earlier one with this id is open. */
    Producer<byte[], byte[]> prepare() throws TransientException {
        Producer<byte[], byte[]> current = producer;
        if (current == null) {
            current = open();
            producer = current;
        }
        return current;
    }

    void begin(Gate gate) throws TransientException {
        Producer<byte[], byte[]> current = prepare();
        current.beginTransaction();
        last = gate;
        open = Outbox.of(current, producers.cluster(), gate::breakUp);
    }

    private Producer<byte[], byte[]> open() throws TransientException {
        Map<String, Object> options =
                producers.options(Map.of("transactional.id", id, "transaction.timeout.ms", TIMEOUT_MILLIS));
        timeout = Duration.ofMillis(Producers.millis(options, "transaction.timeout.ms"));
        Producer<byte[], byte[]> fresh = producers.open(options);
        boolean done = false;
        try {
            fresh.initTransactions();
            done = true;
            return fresh;
        } finally {
            if (!done) {
                fresh.close(Duration.ZERO);
            }
        }
    }

    /** Commits what was written together with these offsets. After a failure it may have happened or not. */
    void commit(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        Producer<byte[], byte[]> current = producer;
        if (current != null) {
            current.sendOffsetsToTransaction(offsets, group);
            current.commitTransaction();
        }
        open = null;
    }

    void abort() {
        end();
        Producer<byte[], byte[]> current = producer;
        if (current != null) {
            current.abortTransaction();
        }
    }

    private void end() {
        Outbox current = open;
        open = null;
        if (current != null) {
            current.breakDown(TransientException.outage("the transaction was aborted"));
        }
    }

    /** Lets go of the producer, whatever it is about; the next one with the same id finds out. */
    void close() {
        end();
        Producer<byte[], byte[]> current = producer;
        producer = null;
        if (current != null) {
            try {
                current.close(Duration.ZERO);
            } catch (KafkaException e) {
                // it has ended all the same
            }
        }
    }
}
