package io.wasmpipes.adapter.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.RawKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** What lies on the wire, as Kafka's own clients write and read it. */
@Timeout(180)
class KafkaWireTest {
    private static final byte[] NO_TEXT = HexFormat.of().parseHex("00ff80c328f09f6b657965f09f9880c3a4ed");

    private final KafkaNode node = KafkaNode.shared();
    private final Map<String, String> servers = Map.of("KAFKA_BROKERS", node.brokers());
    private RawKafka raw;
    private String topic;

    @BeforeEach
    void open(TestInfo test) throws Exception {
        raw = new RawKafka(node.direct());
        topic = "wire." + test.getTestMethod().orElseThrow().getName();
        raw.create(topic, 1);
    }

    @AfterEach
    void close() {
        raw.close();
    }

    private Message received(ProducerRecord<byte[], byte[]> record) throws Exception {
        raw.write(List.of(record));
        try (Source source = KafkaTests.source("kafka://g-" + topic + "?offset=oldest&topic=" + topic, servers)) {
            List<Delivery> taken = KafkaTests.take(source, 1);
            KafkaTests.done(source, taken);
            return taken.getFirst().message();
        }
    }

    private ConsumerRecord<byte[], byte[]> sent(String options, Message message) throws Exception {
        try (Sink sink = KafkaTests.sink("kafka://" + topic + options, servers)) {
            assertThat(sink.send(List.of(message)).await()).containsExactly(Outcome.Confirmed.YES);
        }
        return raw.read(topic, 1).getFirst();
    }

    private static List<String> headers(ConsumerRecord<byte[], byte[]> record) {
        return StreamSupport.stream(record.headers().spliterator(), false)
                .map(h -> h.key() + "="
                        + (h.value() == null ? "null" : HexFormat.of().formatHex(h.value())))
                .toList();
    }

    @Test
    void a_record_arrives_with_all_it_has() throws Exception {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, 0, 1_700_000_000_123L, KafkaTests.bytes("käy"), KafkaTests.bytes("body"));
        record.headers()
                .add("x", new byte[] {(byte) 0xff, 0})
                .add("y", KafkaTests.bytes("ä"))
                .add("x", new byte[0]);
        record.headers().add("n", null);
        Message message = received(record);
        assertThat(message.id().value()).isEqualTo(topic + "-0-0");
        assertThat(message.key()).isEqualTo("käy");
        assertThat(message.body().utf8()).isEqualTo("body");
        assertThat(message.time()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
        assertThat(message.headers().list())
                .containsExactly(
                        Header.of("x", Bytes.wrap(new byte[] {(byte) 0xff, 0})),
                        Header.of("y", "ä"),
                        Header.of("x", ""),
                        Header.of("n", Bytes.NULL));
    }

    @Test
    void a_tombstone_is_a_tombstone_both_ways() throws Exception {
        Message message = received(new ProducerRecord<>(topic, KafkaTests.bytes("k"), null));
        assertThat(message.body().isNull()).isTrue();
        sent("", message);
        assertThat(raw.read(topic, 2)).allMatch(record -> record.value() == null && record.key()[0] == 'k');
    }

    @Test
    void a_key_that_is_no_text_comes_out_byte_for_byte() throws Exception {
        Message message = received(new ProducerRecord<>(topic, NO_TEXT, new byte[] {1}));
        assertThat(message.key()).startsWith("\0\udcff\udc80\udcc3(").contains("key", "😀ä");
        sent("", message);
        assertThat(raw.read(topic, 2)).allMatch(record -> java.util.Arrays.equals(record.key(), NO_TEXT));
    }

    @Test
    void no_key_and_an_empty_key_are_told_apart() throws Exception {
        raw.write(List.of(
                new ProducerRecord<>(topic, null, new byte[1]), new ProducerRecord<>(topic, new byte[0], null)));
        try (Source source = KafkaTests.source("kafka://keys?offset=oldest&topic=" + topic, servers)) {
            List<Delivery> taken = KafkaTests.take(source, 2);
            assertThat(taken.get(0).message().key()).isNull();
            assertThat(taken.get(0).orderKey()).isEqualTo(topic + "-0");
            assertThat(taken.get(1).message().key()).isEmpty();
            assertThat(taken.get(1).orderKey()).isEmpty();
        }
    }

    @Test
    void a_message_goes_out_with_all_it_has() throws Exception {
        Headers headers = Headers.of(List.of(
                Header.of("x", "2"),
                Header.of("Ünicode", "€"),
                Header.of("x", Bytes.wrap(new byte[] {0, (byte) 0x80})),
                Header.of("n", Bytes.NULL)));
        Instant before = Instant.now().minusSeconds(5);
        ConsumerRecord<byte[], byte[]> record =
                sent("", KafkaTests.message("body").withHeaders(headers).withKey("käy"));
        assertThat(record.value()).isEqualTo(KafkaTests.bytes("body"));
        assertThat(record.key()).isEqualTo(KafkaTests.bytes("käy"));
        assertThat(headers(record)).containsExactly("x=32", "Ünicode=e282ac", "x=0080", "n=null");
        assertThat(Instant.ofEpochMilli(record.timestamp())).isAfter(before);
    }

    @Test
    void key_name_turns_a_header_into_the_key() throws Exception {
        Headers headers = Headers.of(List.of(Header.of("user", "ann"), Header.of("x", "1")));
        ConsumerRecord<byte[], byte[]> record = sent(
                "?key_name=user", KafkaTests.message("b").withHeaders(headers).withKey("other"));
        assertThat(record.key()).isEqualTo(KafkaTests.bytes("ann"));
        assertThat(headers(record)).containsExactly("x=31");
    }

    @Test
    void without_that_header_the_key_of_the_message_stands() throws Exception {
        assertThat(sent("?key_name=user", KafkaTests.message("b").withKey("own"))
                        .key())
                .isEqualTo(KafkaTests.bytes("own"));
    }

    @Test
    void the_time_of_the_message_is_written_on_request() throws Exception {
        Instant time = Instant.ofEpochMilli(1_600_000_000_789L);
        Message message = new Message(io.wasmpipes.Id.NONE, Bytes.utf8("b"), Headers.EMPTY, null, null, time);
        assertThat(sent("?timestamp=message", message).timestamp()).isEqualTo(1_600_000_000_789L);
    }

    @Test
    void the_time_of_the_message_is_not_written_by_default() throws Exception {
        Instant time = Instant.ofEpochMilli(1_600_000_000_789L);
        Message message = new Message(io.wasmpipes.Id.NONE, Bytes.utf8("b"), Headers.EMPTY, null, null, time);
        assertThat(sent("", message).timestamp()).isGreaterThan(1_700_000_000_000L);
    }

    @Test
    void max_request_size_is_kept_too_and_only_the_culprit_fails() throws Exception {
        Map<String, String> small = Map.of(
                "KAFKA_BROKERS", node.brokers(), "KAFKA_OPT_MAX_REQUEST_SIZE", "2000", "KAFKA_OPT_LINGER_MS", "5");
        try (Sink sink = KafkaTests.sink("kafka://" + topic, small)) {
            List<Outcome> outcomes = sink.send(List.of(
                            KafkaTests.message("a"), Message.of(Bytes.wrap(new byte[3000])), KafkaTests.message("b")))
                    .await();
            assertThat(outcomes.get(0)).isEqualTo(Outcome.Confirmed.YES);
            assertThat(outcomes.get(2)).isEqualTo(Outcome.Confirmed.YES);
            assertThat(outcomes.get(1))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.why())
                                    .isInstanceOf(PoisonException.class)
                                    .hasMessageContainingAll("30", "2000"));
        }
        assertThat(raw.read(topic, 2)).hasSize(2);
    }

    @Test
    void a_topic_that_takes_less_is_asked_for_its_limit() throws Exception {
        raw.create(topic + ".small", 1, Map.of("max.message.bytes", "1000"));
        try (Sink sink = KafkaTests.sink("kafka://" + topic + ".small", servers)) {
            Message message = Message.of(Bytes.wrap(new byte[1001])).withHeaders(Headers.of(Map.of("name", "value")));
            assertThat(sink.send(List.of(message)).await().getFirst())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.why())
                                    .isInstanceOf(PoisonException.class)
                                    .hasMessageContainingAll("1001 bytes", "max.message.bytes=1000"));
        }
        Map<String, String> zipped = Map.of("KAFKA_BROKERS", node.brokers(), "KAFKA_OPT_COMPRESSION_TYPE", "gzip");
        try (Sink sink = KafkaTests.sink("kafka://" + topic + ".small", zipped)) {
            byte[] noise = new byte[5000];
            new java.util.Random(1).nextBytes(noise);
            List<Outcome> outcomes = sink.send(
                            List.of(Message.of(Bytes.wrap(new byte[5000])), Message.of(Bytes.wrap(noise))))
                    .await();
            assertThat(outcomes.get(0)).as("it is small when zipped").isEqualTo(Outcome.Confirmed.YES);
            assertThat(outcomes.get(1))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.why()).isInstanceOf(PoisonException.class));
        }
    }

    @Test
    void several_topics_are_read_by_one_group() throws Exception {
        raw.create(topic + ".b", 2);
        raw.write(KafkaTests.records(topic, null, 0, 5));
        raw.write(KafkaTests.records(topic + ".b", "k", 5, 10));
        String uri = "kafka://several?offset=oldest&topic=" + topic + "&topic=" + topic + ".b";
        try (Source source = KafkaTests.source(uri, servers)) {
            List<Delivery> taken = KafkaTests.take(source, 10);
            assertThat(KafkaTests.texts(taken))
                    .containsExactlyInAnyOrder("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9");
            io.wasmpipes.support.Await.until(
                    "the lag is known",
                    Duration.ofSeconds(10),
                    () -> source.lag().isPresent());
            assertThat(source.lag().orElseThrow()).isZero();
        }
    }
}
