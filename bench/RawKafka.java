import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.LoggerFactory;

/** At least once, pipelined: an offset is committed when the records before it are confirmed; at most 1,000 in hand. */
final class RawKafka {
    private static final int WINDOW = 1000;

    private record Sent(TopicPartition partition, long next, Future<RecordMetadata> confirmed) {}

    public static void main(String[] args) throws Exception {
        boolean tell = args.length > 1;
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(tell ? Level.INFO : Level.ERROR);
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", args[0],
                        "group.id", "raw",
                        "enable.auto.commit", false,
                        "auto.offset.reset", "earliest",
                        "max.poll.records", WINDOW),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", args[0], "acks", "all", "enable.idempotence", true, "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        if (!tell) {
            relay(consumer, producer);
        }
    }

    private static void relay(KafkaConsumer<byte[], byte[]> consumer, KafkaProducer<byte[], byte[]> producer)
            throws Exception {
        consumer.subscribe(List.of("in"));
        ArrayDeque<Sent> pending = new ArrayDeque<>();
        Map<TopicPartition, OffsetAndMetadata> confirmed = new HashMap<>();
        while (true) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(pending.isEmpty() ? 1000 : 1));
            for (ConsumerRecord<byte[], byte[]> each : records) {
                ProducerRecord<byte[], byte[]> out =
                        new ProducerRecord<>("out", null, each.key(), each.value(), each.headers());
                pending.add(new Sent(
                        new TopicPartition(each.topic(), each.partition()), each.offset() + 1, producer.send(out)));
            }
            while (!pending.isEmpty()
                    && (pending.size() > WINDOW || pending.peek().confirmed().isDone() || records.isEmpty())) {
                Sent first = pending.poll();
                first.confirmed().get();
                confirmed.put(first.partition(), new OffsetAndMetadata(first.next()));
            }
            if (!confirmed.isEmpty()) {
                consumer.commitAsync(Map.copyOf(confirmed), null);
                confirmed.clear();
            }
        }
    }
}
