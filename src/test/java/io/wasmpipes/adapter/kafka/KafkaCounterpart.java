package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Adapter;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.Ports;
import io.wasmpipes.support.RawKafka;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A topic of a real broker: the adapter behind a proxy on one side, Kafka's own clients on the other. */
final class KafkaCounterpart implements Counterpart.ForSource, Counterpart.ForSink {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String SECRET = "s3cr3t-word";

    private final KafkaNode node = KafkaNode.shared();
    private final RawKafka raw = new RawKafka(node.direct());
    private final String topic = "topic-" + NUMBER.incrementAndGet();
    private final boolean source;
    private final Map<String, String> options;

    KafkaCounterpart(boolean source, Map<String, String> options) throws Exception {
        this.source = source;
        this.options = options;
        raw.create(topic, 1);
    }

    @Override
    public Adapter adapter() {
        return new KafkaAdapter();
    }

    @Override
    public String uri() {
        return source ? "kafka://group-" + topic + "?topic=" + topic + "&offset=oldest" : "kafka://" + topic;
    }

    @Override
    public Variables variables() {
        return variables(node.brokers(), options);
    }

    static Variables variables(String brokers, Map<String, String> options) {
        Map<String, String> all = new HashMap<>(options);
        all.put("KAFKA_BROKERS", brokers);
        return Counterpart.variables(all);
    }

    @Override
    public Optional<Absent> absent() {
        Map<String, String> login = Map.of(
                "KAFKA_OPT_SECURITY_PROTOCOL", "SASL_PLAINTEXT",
                "KAFKA_OPT_SASL_MECHANISM", "PLAIN",
                "KAFKA_OPT_SASL_JAAS_CONFIG", KafkaNode.jaas("me", SECRET));
        return Optional.of(new Absent(uri(), variables("127.0.0.1:" + Ports.free(), login)));
    }

    @Override
    public String secret() {
        return SECRET;
    }

    @Override
    public long largest() {
        return 1_048_588 - 72;
    }

    @Override
    public Optional<Faults> faults() {
        return Optional.of(new Faults() {
            @Override
            public void cut() {
                node.proxy().cut();
            }

            @Override
            public void stall() {
                node.proxy().stall();
            }

            @Override
            public void heal() {
                node.proxy().heal();
            }

            @Override
            public void restart() {
                node.kill();
                node.restart();
            }
        });
    }

    @Override
    public void put(List<Message> messages) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (Message message : messages) {
            byte[] key = message.key() == null ? null : message.key().getBytes(StandardCharsets.UTF_8);
            byte[] value = message.body().isNull() ? null : message.body().toArray();
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
            message.headers()
                    .forEach(header ->
                            record.headers().add(header.name(), header.bytes().toArray()));
            records.add(record);
        }
        raw.write(records);
    }

    @Override
    public List<Message> arrived(int count) throws Exception {
        return raw.read(topic, count).stream().map(KafkaCounterpart::message).toList();
    }

    private static Message message(ConsumerRecord<byte[], byte[]> record) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(Header.of(header.key(), Bytes.copyOf(header.value()))));
        Bytes body = record.value() == null ? Bytes.NULL : Bytes.copyOf(record.value());
        String key = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
        return Message.of(body).withHeaders(Headers.of(headers)).withKey(key);
    }

    @Override
    public void close() {
        node.proxy().heal();
        raw.close();
    }
}
