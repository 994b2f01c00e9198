package io.wasmpipes.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.protocol.CommandType;
import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.support.RedisServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What stands in the stream, as Redis itself shows it. */
@Timeout(180)
class RedisWireTest {
    private static RedisServer server;
    private static Streams.Raw raw;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        raw = Streams.Raw.on(server.port());
    }

    @AfterAll
    static void stop() {
        raw.close();
        server.close();
    }

    private static String uri(String stream, String options) {
        return "redis://127.0.0.1:" + server.port() + "/" + stream + options;
    }

    private static void send(String uri, Message... messages) throws Exception {
        try (Sink sink = Streams.sink(uri, Map.of())) {
            assertThat(sink.send(List.of(messages)).await()).allMatch(o -> o instanceof Outcome.Confirmed);
        }
    }

    private static List<Object> fields(String stream) {
        List<?> entry = (List<?>) raw.call(CommandType.XRANGE, stream, "-", "+").getFirst();
        return List.copyOf((List<?>) entry.get(1));
    }

    private static Message read(String stream, String options) throws Exception {
        try (Source source = Streams.source(uri(stream, "?group=g&create=true" + options))) {
            Delivery delivery = Streams.take(source, 1).getFirst();
            return delivery.message();
        }
    }

    @Test
    void a_sink_writes_body_key_and_headers_as_fields_in_order() throws Exception {
        Headers headers = Headers.of(List.of(
                Header.of("Content-Type", "text/plain"),
                Header.of("x", "2"),
                Header.of("x", "1"),
                Header.of("größe", "€"),
                Header.of("body", "b"),
                Header.of("empty", "")));
        send(
                uri("out", "?create=true"),
                Message.of(Bytes.utf8("hello")).withKey("kéy").withHeaders(headers));
        assertThat(fields("out"))
                .containsExactly(
                        "body",
                        "hello",
                        "key",
                        "kéy",
                        "h:Content-Type",
                        "text/plain",
                        "h:x",
                        "2",
                        "h:x",
                        "1",
                        "h:größe",
                        "€",
                        "h:body",
                        "b",
                        "h:empty",
                        "");
    }

    @Test
    void an_empty_message_is_one_empty_field() throws Exception {
        send(uri("empty", "?create=true"), Message.of(Bytes.EMPTY));
        assertThat(fields("empty")).containsExactly("body", "");
    }

    @Test
    void a_source_reads_them_back() throws Exception {
        String id = raw.add("in", "h:x", "2", "body", "hällo", "h:x", "1", "key", "k", "h:empty", "");
        Message message = read("in", "");
        assertThat(message.body()).isEqualTo(Bytes.utf8("hällo"));
        assertThat(message.key()).isEqualTo("k");
        assertThat(message.headers())
                .isEqualTo(Headers.of(List.of(Header.of("x", "2"), Header.of("x", "1"), Header.of("empty", ""))));
        assertThat(message.id().value()).isEqualTo("in-" + id);
        assertThat(message.time()).isNotNull();
        assertThat(message.time().toEpochMilli()).isEqualTo(Long.parseLong(id.substring(0, id.indexOf('-'))));
    }

    @Test
    void foreign_entries_are_understood() throws Exception {
        raw.add("sensors", "temp", "41.5", "unit", "C");
        Message byDefault = read("sensors", "");
        assertThat(byDefault.body()).isEqualTo(Bytes.EMPTY);
        assertThat(byDefault.headers())
                .isEqualTo(Headers.of(List.of(Header.of("temp", "41.5"), Header.of("unit", "C"))));
        raw.add("readings", "temp", "41.5", "unit", "C");
        Message byOption = read("readings", "&body=temp");
        assertThat(byOption.body()).isEqualTo(Bytes.utf8("41.5"));
        assertThat(byOption.headers()).isEqualTo(Headers.of(List.of(Header.of("unit", "C"))));
    }

    @Test
    void ids_made_by_hand_tell_no_time() throws Exception {
        raw.call(CommandType.XADD, "hand", "5-18446744073709551615", "body", "x");
        Message message = read("hand", "");
        assertThat(message.id().value()).isEqualTo("hand-5-18446744073709551615");
        assertThat(message.time()).isNull();
    }

    @Test
    void the_body_may_go_to_another_field_and_another_database() throws Exception {
        send(uri("other/name", "?create=true&db=3&body=payload"), Message.of(Bytes.utf8("x")));
        raw.commands().select(3);
        try {
            List<StreamMessage<String, String>> entries = raw.commands().xrange("other/name", Range.unbounded());
            assertThat(entries)
                    .singleElement()
                    .satisfies(e -> assertThat(e.getBody()).isEqualTo(Map.of("payload", "x")));
        } finally {
            raw.commands().select(0);
        }
    }

    @Test
    void maxlen_bounds_the_stream_roughly() throws Exception {
        Message[] many = new Message[2000];
        java.util.Arrays.fill(many, Message.of(Bytes.utf8("x")));
        send(uri("bounded", "?create=true&maxlen=100"), many);
        assertThat(raw.commands().xlen("bounded")).isBetween(100L, 400L);
    }
}
