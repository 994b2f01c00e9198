package io.wasmpipes.adapter.rabbit;

import static io.wasmpipes.adapter.rabbit.RabbitEnds.message;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.GetResponse;
import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.support.RabbitNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What lies on the wire, seen by the official client, and what the options do. */
@Timeout(180)
class RabbitWireTest {
    private RabbitEnds ends;

    @BeforeEach
    void connect() throws Exception {
        ends = new RabbitEnds(RabbitNode.shared());
    }

    @AfterEach
    void disconnect() {
        ends.close();
    }

    /** What a queue behind an exchange of ours gets. */
    private GetResponse sent(String exchangeType, String boundBy, String options, Message message) throws Exception {
        String exchange = ends.exchange(exchangeType);
        String queue = ends.queue();
        ends.raw.queueBind(queue, exchange, boundBy);
        try (Sink sink = ends.sink("rabbit://" + exchange + options)) {
            assertThat(sink.send(List.of(message)).await()).containsExactly(Outcome.Confirmed.YES);
        }
        return ends.next(queue);
    }

    private static Map<String, String> texts(Map<String, Object> table) {
        Map<String, String> texts = new HashMap<>();
        table.forEach((name, value) -> texts.put(name, value.toString()));
        return texts;
    }

    @Test
    void a_sink_writes_body_headers_id_and_persistence() throws Exception {
        GetResponse got = sent(
                "fanout",
                "",
                "",
                message("hello", Header.of("Content-Type", "a/b; c=d"), Header.of("x-ü", "Grüße €"), Header.of("e", ""))
                        .withId(new Id("id-1"))
                        .withKey("a key"));
        assertThat(new String(got.getBody(), StandardCharsets.UTF_8)).isEqualTo("hello");
        assertThat(texts(got.getProps().getHeaders()))
                .isEqualTo(Map.of("Content-Type", "a/b; c=d", "x-ü", "Grüße €", "e", ""));
        assertThat(got.getProps().getContentType()).isEqualTo("a/b; c=d");
        assertThat(got.getProps().getMessageId()).isEqualTo("id-1");
        assertThat(got.getProps().getDeliveryMode()).isEqualTo(2);
        assertThat(got.getEnvelope().getRoutingKey()).isEmpty();
    }

    @Test
    void the_last_of_repeated_headers_and_bytes_go_as_they_are() throws Exception {
        GetResponse got = sent(
                "fanout",
                "",
                "",
                message("", Header.of("x", "1"), Header.of("x", "2"), Header.of("b", Bytes.wrap(new byte[] {
                    0, (byte) 0xff
                }))));
        assertThat(got.getBody()).isEmpty();
        assertThat(got.getProps().getHeaders().get("x")).hasToString("2");
        assertThat(got.getProps().getHeaders().get("b")).isEqualTo(new byte[] {0, (byte) 0xff});
        assertThat(got.getProps().getMessageId()).isNull();
    }

    @Test
    void the_header_named_by_key_name_is_the_routing_key_and_no_header() throws Exception {
        GetResponse got = sent("direct", "k1", "?key_name=route", message("x", Header.of("route", "k1")));
        assertThat(got.getEnvelope().getRoutingKey()).isEqualTo("k1");
        assertThat(got.getProps().getHeaders()).isEmpty();
        GetResponse fixed = sent("direct", "a.b", "?routing_key=a.b&key_name=route", message("x"));
        assertThat(fixed.getEnvelope().getRoutingKey()).isEqualTo("a.b");
    }

    @Test
    void the_default_exchange_reaches_a_queue_by_its_name() throws Exception {
        String queue = ends.queue();
        try (Sink sink = ends.sink("rabbit://?routing_key=" + queue)) {
            sink.connect();
            assertThat(sink.send(List.of(message("x"))).await()).containsExactly(Outcome.Confirmed.YES);
        }
        assertThat(ends.next(queue).getBody()).isEqualTo(new byte[] {'x'});
    }

    @Test
    void names_that_are_the_brokers_own_are_not_carried() throws Exception {
        GetResponse got = sent(
                "fanout",
                "",
                "",
                message(
                        "x",
                        Header.of("CC", "other"),
                        Header.of("BCC", "other"),
                        Header.of("x-death", "[map[count:1]]"),
                        Header.of("x-delivery-count", "3"),
                        Header.of("Cc", "kept")));
        assertThat(texts(got.getProps().getHeaders())).isEqualTo(Map.of("Cc", "kept"));
    }

    private Message received(AMQP.BasicProperties properties, String options) throws Exception {
        String queue = ends.queue();
        ends.put(queue, properties, new byte[] {1, 2});
        try (Source source = ends.source("rabbit://" + queue + options)) {
            List<Delivery> one = RabbitEnds.take(source, 1);
            RabbitEnds.settle(source, one, Settlement.Done.SILENT);
            assertThat(one.getFirst().message().key()).isEqualTo(queue);
            return one.getFirst().message();
        }
    }

    private static AMQP.BasicProperties.Builder properties() {
        return new AMQP.BasicProperties.Builder();
    }

    @Test
    void a_source_reads_values_of_every_type_as_go_prints_them() throws Exception {
        Map<String, Object> table = new HashMap<>();
        table.put("text", "Grüße €");
        table.put("int", 42);
        table.put("long", 1L << 40);
        table.put("double", 100_000.0);
        table.put("fraction", 1.5);
        table.put("decimal", new BigDecimal("1.25"));
        table.put("true", true);
        table.put("nothing", null);
        table.put("time", Date.from(Instant.parse("2026-01-02T03:04:05Z")));
        table.put("list", List.of("a", 1, List.of()));
        table.put("map", Map.of("b", "2", "a", 1));
        Headers headers = received(properties().headers(table).build(), "").headers();
        Map<String, String> texts = new HashMap<>();
        headers.forEach(header -> texts.put(header.name(), header.text()));
        assertThat(texts)
                .containsOnly(
                        Map.entry("text", "Grüße €"),
                        Map.entry("int", "42"),
                        Map.entry("long", "1099511627776"),
                        Map.entry("double", "100000"),
                        Map.entry("fraction", "1.5"),
                        Map.entry("decimal", "1.25"),
                        Map.entry("true", "true"),
                        Map.entry("nothing", "<nil>"),
                        Map.entry("time", "2026-01-02 03:04:05 +0000 UTC"),
                        Map.entry("list", "[a 1 []]"),
                        Map.entry("map", "map[a:1 b:2]"));
    }

    @Test
    void a_source_reads_content_type_time_and_on_request_the_id() throws Exception {
        AMQP.BasicProperties given = properties()
                .contentType("text/plain")
                .messageId("m-1")
                .timestamp(Date.from(Instant.parse("2026-01-02T03:04:05Z")))
                .build();
        Message plain = received(given, "");
        assertThat(plain.headers().first("content-type")).contains("text/plain");
        assertThat(plain.time()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(plain.id()).isEqualTo(Id.NONE);
        assertThat(plain.body()).isEqualTo(Bytes.wrap(new byte[] {1, 2}));
        assertThat(received(given, "?id=message_id").id()).isEqualTo(new Id("m-1"));
        AMQP.BasicProperties both = properties()
                .contentType("a/property")
                .headers(Map.of("content-type", "a/header"))
                .build();
        assertThat(received(both, "").headers().list()).containsExactly(Header.of("content-type", "a/header"));
    }

    @Test
    void what_one_pipe_sends_another_reads_the_same() throws Exception {
        String exchange = ends.exchange("fanout");
        String queue = ends.queue();
        ends.raw.queueBind(queue, exchange, "");
        Message sent = message(
                        "bödy", Header.of("b", Bytes.wrap(new byte[] {(byte) 0xc3, 0})), Header.of("t", "a\r\nb"))
                .withId(new Id("i"));
        try (Sink sink = ends.sink("rabbit://" + exchange);
                Source source = ends.source("rabbit://" + queue + "?id=message_id")) {
            assertThat(sink.send(List.of(sent)).await()).containsExactly(Outcome.Confirmed.YES);
            assertThat(RabbitEnds.take(source, 1).getFirst().message()).isEqualTo(sent);
        }
    }
}
