package io.wasmpipes.adapter.servicebus;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.support.ServiceBusFake;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes over the wire, as AMQP messages. */
@Timeout(180)
class ServiceBusWireTest {
    private static ServiceBusFake fake;

    @BeforeAll
    static void start() {
        fake = ServiceBusFake.start();
    }

    @AfterAll
    static void stop() {
        fake.close();
    }

    private static List<Outcome> send(String entity, Message... messages) throws Exception {
        try (Sink sink = Buses.sink(fake.port(), "azuresb://" + entity)) {
            return sink.send(List.of(messages)).await();
        }
    }

    private static Message receive(String uri) throws Exception {
        try (Source source = Buses.source(fake.port(), uri)) {
            List<Delivery> taken = Buses.take(source, 1);
            return taken.getFirst().message();
        }
    }

    private static Section data(String text) {
        return new Data(new Binary(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_sink_writes_data_and_string_properties_and_names_message_and_session() throws Exception {
        fake.queue("out", Duration.ofSeconds(5));
        Headers headers = Headers.of(List.of(
                Header.of("Content-Type", "text/plain"),
                Header.of("größe", "€"),
                Header.of("twice", "a"),
                Header.of("twice", "b"),
                Header.of("empty", "")));
        Message message = Message.of(Bytes.utf8("hällo"))
                .withId(new Id("id-1"))
                .withKey("kéy")
                .withHeaders(headers);
        assertThat(send("out", message)).containsExactly(Outcome.Confirmed.YES);
        org.apache.qpid.proton.message.Message sent = fake.sent("out").getFirst();
        assertThat(((Data) sent.getBody()).getValue().toString()).isNotEmpty();
        assertThat(new String(((Data) sent.getBody()).getValue().getArray(), StandardCharsets.UTF_8))
                .contains("hällo");
        assertThat(sent.getMessageId()).isEqualTo("id-1");
        assertThat(sent.getGroupId()).isEqualTo("kéy");
        assertThat(sent.getApplicationProperties().getValue())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("Content-Type", "text/plain", "größe", "€", "twice", "a,b", "empty", ""));
    }

    @Test
    void a_message_without_id_and_key_has_neither() throws Exception {
        fake.queue("bare", Duration.ofSeconds(5));
        send("bare", Message.of(Bytes.EMPTY));
        org.apache.qpid.proton.message.Message sent = fake.sent("bare").getFirst();
        assertThat(sent.getMessageId()).isNull();
        assertThat(sent.getGroupId()).isNull();
        assertThat(((Data) sent.getBody()).getValue().getLength()).isZero();
    }

    @Test
    void ids_that_are_too_long_are_hashed_and_keys_that_are_too_long_are_poison() throws Exception {
        fake.queue("long", Duration.ofSeconds(5));
        Message id = Message.of(Bytes.EMPTY).withId(new Id("x".repeat(129)));
        Message key = Message.of(Bytes.EMPTY).withKey("k".repeat(129));
        List<Outcome> outcomes = send("long", id, key, id);
        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Confirmed.class);
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Confirmed.class);
        assertThat(outcomes.get(1))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.why())
                                .isInstanceOf(PoisonException.class)
                                .hasMessageContainingAll("129", "128"));
        Object first = fake.sent("long").get(0).getMessageId();
        assertThat(first.toString()).hasSize(32);
        assertThat(fake.sent("long").get(1).getMessageId()).isEqualTo(first);
    }

    @Test
    void a_second_message_of_one_id_is_dropped_where_the_queue_detects_duplicates() throws Exception {
        fake.duplicateDetectingQueue("once", Duration.ofSeconds(5));
        Message one = Message.of(Bytes.utf8("one")).withId(new Id("1"));
        send("once", one);
        send("once", one, Message.of(Bytes.utf8("two")).withId(new Id("2")));
        assertThat(fake.sent("once")).hasSize(2);
    }

    @Test
    void a_source_reads_properties_of_every_type_as_text() throws Exception {
        fake.queue("in", Duration.ofSeconds(5));
        org.apache.qpid.proton.message.Message sent = Proton.message();
        sent.setBody(data("hällo"));
        Map<String, Object> properties = new HashMap<>();
        properties.put("text", "€");
        properties.put("number", 42);
        properties.put("flag", true);
        properties.put("empty", "");
        sent.setApplicationProperties(new ApplicationProperties(properties));
        sent.setGroupId("session");
        sent.setMessageId("theirs");
        fake.put("in", sent);
        Message message = receive("azuresb://in");
        assertThat(message.body()).isEqualTo(Bytes.utf8("hällo"));
        assertThat(message.key()).isEqualTo("session");
        assertThat(message.id().value()).isEqualTo("in-1");
        assertThat(message.time()).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(message.headers().list())
                .containsExactlyInAnyOrder(
                        Header.of("text", "€"),
                        Header.of("number", "42"),
                        Header.of("flag", "true"),
                        Header.of("empty", ""));
    }

    @Test
    void without_a_session_the_key_is_the_partition_key() throws Exception {
        fake.queue("partition", Duration.ofSeconds(5));
        org.apache.qpid.proton.message.Message sent = Proton.message();
        sent.setBody(data("x"));
        sent.setMessageAnnotations(
                new MessageAnnotations(new HashMap<>(Map.of(Symbol.valueOf("x-opt-partition-key"), "p1"))));
        fake.put("partition", sent);
        assertThat(receive("azuresb://partition").key()).isEqualTo("p1");
    }

    @Test
    void bodies_that_are_values_are_read_as_text() throws Exception {
        fake.queue("value", Duration.ofSeconds(5));
        org.apache.qpid.proton.message.Message sent = Proton.message();
        sent.setBody(new AmqpValue("a value"));
        fake.put("value", sent);
        assertThat(receive("azuresb://value").body()).isEqualTo(Bytes.utf8("a value"));
    }

    @Test
    void a_topic_is_read_by_subscription() throws Exception {
        fake.subscription("orders", "one", Duration.ofSeconds(5));
        fake.subscription("orders", "two", Duration.ofSeconds(5));
        send("orders", Message.of(Bytes.utf8("x")));
        assertThat(receive("azuresb://orders?subscription=one").body()).isEqualTo(Bytes.utf8("x"));
        assertThat(receive("azuresb://orders?subscription=two").body()).isEqualTo(Bytes.utf8("x"));
    }

    @Test
    void what_is_above_one_link_and_fits_another_goes_alone() throws Exception {
        fake.queue("large", Duration.ofSeconds(5));
        fake.maxMessageSize(4 << 20);
        try {
            byte[] large = new byte[2 << 20];
            List<Outcome> outcomes = send(
                    "large", Message.of(Bytes.utf8("a")), Message.of(Bytes.wrap(large)), Message.of(Bytes.utf8("b")));
            assertThat(outcomes).allMatch(o -> o instanceof Outcome.Confirmed);
            assertThat(fake.sent("large").stream()
                            .map(m -> ((Data) m.getBody()).getValue().getLength()))
                    .containsExactly(1, 2 << 20, 1);
        } finally {
            fake.maxMessageSize(256 << 10);
        }
    }
}
