package io.wasmpipes.e2e;

import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.KafkaTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A topic: as a source with a session so short that a killed consumer is soon forgotten. */
final class KafkaSite implements Site {
    private final KafkaNode node;
    private final String topic;
    private final int partitions;
    private final boolean keyed;
    private final KafkaProducer<String, String> producer;
    private final Arrivals arrivals = new Arrivals();
    private final Thread reader;

    KafkaSite(KafkaNode node, String topic, int partitions) throws Exception {
        this(node, topic, partitions, true);
    }

    /** @param keyed whether records have keys; else those whose numbers leave the same rest are of one partition */
    KafkaSite(KafkaNode node, String topic, int partitions, boolean keyed) throws Exception {
        this.node = node;
        this.topic = topic;
        this.partitions = partitions;
        this.keyed = keyed;
        Map<String, Object> server = Map.of("bootstrap.servers", node.direct());
        try (Admin admin = Admin.create(server)) {
            KafkaTopics.create(admin, topic, partitions, Map.of());
        }
        this.producer = new KafkaProducer<>(server, new StringSerializer(), new StringSerializer());
        this.reader = Thread.ofPlatform().daemon().start(this::read);
    }

    @Override
    public Map<String, String> asSource() {
        return Map.of(
                "SOURCE_URI",
                "kafka://pipe-" + topic + "?topic=" + topic + "&offset=oldest",
                "SOURCE_KAFKA_BROKERS",
                node.brokers(),
                "SOURCE_KAFKA_OPT_SESSION_TIMEOUT_MS",
                "2000",
                "SOURCE_KAFKA_OPT_HEARTBEAT_INTERVAL_MS",
                "500");
    }

    @Override
    public Map<String, String> asSink() {
        return Map.of("SINK_URI", "kafka://" + topic, "SINK_KAFKA_BROKERS", node.brokers());
    }

    @Override
    public void put(List<Integer> numbers) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int number : numbers) {
            sent.add(producer.send(record(number)));
        }
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }

    private ProducerRecord<String, String> record(int number) {
        String body = Feed.body(number);
        return keyed
                ? new ProducerRecord<>(topic, Arrivals.key(number), body)
                : new ProducerRecord<>(topic, number % partitions, null, body);
    }

    private void read() {
        Map<String, Object> settings = Map.of("bootstrap.servers", node.direct(), "isolation.level", "read_committed");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, partitions)
                    .mapToObj(i -> new TopicPartition(topic, i))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (!Thread.currentThread().isInterrupted()) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    arrivals.add(each.value());
                }
            }
        } catch (org.apache.kafka.common.errors.InterruptException e) {
            // closed
        }
    }

    @Override
    public List<Integer> arrived() {
        return arrivals.list();
    }

    @Override
    public void close() {
        reader.interrupt();
        producer.close(Duration.ofSeconds(1));
    }
}
