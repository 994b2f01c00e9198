package io.wasmpipes.support;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's own clients on a node: the other side of every test. One thread. */
public final class RawKafka implements AutoCloseable {
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();

    /** {@code servers} is what {@link KafkaNode#direct} says. */
    public RawKafka(String servers) {
        this.admin = Admin.create(Map.of("bootstrap.servers", servers));
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers, "linger.ms", 0, "max.request.size", 8 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        servers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Makes a topic, and returns when its partitions take records. */
    public void create(String topic, int partitions) throws Exception {
        create(topic, partitions, Map.of());
    }

    public void create(String topic, int partitions, Map<String, String> settings) throws Exception {
        KafkaTopics.create(admin, topic, partitions, settings);
    }

    /** Writes them and waits until they are written. */
    public void write(Collection<ProducerRecord<byte[], byte[]>> records) throws Exception {
        List<Future<RecordMetadata>> written =
                records.stream().map(producer::send).toList();
        for (Future<RecordMetadata> each : written) {
            each.get();
        }
    }

    /** All of the topic since its beginning, once there are {@code count}. */
    public List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) throws Exception {
        if (consumer.assignment().stream()
                .noneMatch(partition -> partition.topic().equals(topic))) {
            read.clear();
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        }
        Await.until(count + " records are read", () -> {
            consumer.poll(Duration.ofMillis(read.size() < count ? 100 : 20)).forEach(read::add);
            return read.size() >= count;
        });
        return List.copyOf(read);
    }

    /** The committed offset of a partition; -1 if there is none. */
    public long committed(String group, String topic, int partition) throws Exception {
        var offset = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(new TopicPartition(topic, partition));
        return offset == null ? -1 : offset.offset();
    }

    /** For everything else. */
    public Admin admin() {
        return admin;
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
        producer.close(Duration.ZERO);
        admin.close(Duration.ZERO);
    }
}
