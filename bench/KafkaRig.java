import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.KafkaTopics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A Kafka node with two topics of some partitions; 64 keys. */
record KafkaRig(KafkaNode node, int partitions) implements Rig {
    private static final int KEYS = 64;

    static KafkaRig start(int partitions) throws Exception {
        KafkaRig rig = new KafkaRig(KafkaNode.start(), partitions);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", rig.node.direct()))) {
            KafkaTopics.create(admin, "in", partitions, Map.of());
            KafkaTopics.create(admin, "out", partitions, Map.of());
        }
        return rig;
    }

    @Override
    public int window() {
        return 5000;
    }

    @Override
    public boolean keeps() {
        return true;
    }

    @Override
    public Port open(boolean direct) {
        Map<String, Object> server = Map.of("bootstrap.servers", node.direct(), "linger.ms", 1);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(server, new ByteArraySerializer(), new ByteArraySerializer());
        String to = direct ? "out" : "in";
        return new Port() {
            private KafkaConsumer<byte[], byte[]> consumer;
            private Thread reader;

            @Override
            public void publish(int number, byte[] payload) {
                producer.send(new ProducerRecord<>(to, Integer.toString(number % KEYS).getBytes(), payload));
            }

            @Override
            public void listen(Consumer<byte[]> listener) throws Exception {
                consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", node.direct()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                List<TopicPartition> all = IntStream.range(0, partitions)
                        .mapToObj(i -> new TopicPartition("out", i))
                        .toList();
                consumer.assign(all);
                consumer.seekToEnd(all);
                all.forEach(consumer::position); // from here on, not from the first poll on
                reader = Thread.ofPlatform().daemon().start(() -> read(consumer, listener));
            }

            @Override
            public void close() throws Exception {
                producer.close();
                if (reader != null) {
                    consumer.wakeup();
                    reader.join();
                }
            }
        };
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, Consumer<byte[]> listener) {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
                    listener.accept(each.value());
                }
            }
        } catch (WakeupException e) {
            // closed
        }
    }

    @Override
    public List<String> raw() {
        return List.of("RawKafka", node.direct());
    }

    @Override
    public Map<String, String> pipe() {
        return Map.of(
                "KAFKA_BROKERS", node.direct(),
                "SOURCE_URI", "kafka://pipe?topic=in&offset=oldest",
                "SINK_URI", "kafka://out");
    }

    @Override
    public List<String> rawOptions() throws Exception {
        return ClientOptions.told(Relay.raw(List.of("RawKafka", node.direct(), "tell")), Map.of());
    }

    @Override
    public List<String> pipeOptions() throws Exception {
        return ClientOptions.told(Relay.pipe(pipe()), Map.of("LOG_LEVEL", "debug"));
    }

    @Override
    public void close() {
        node.close();
    }
}
