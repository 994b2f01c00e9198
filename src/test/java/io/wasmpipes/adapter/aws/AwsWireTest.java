package io.wasmpipes.adapter.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** The mapping of go-cloud, literally. */
class AwsWireTest {
    private static final Wire.Place QUEUE = new Wire.Place("queue q", false, 1 << 20, 1 << 20);
    private static final Wire.Place FIFO = new Wire.Place("queue q.fifo", true, 1 << 20, 1 << 20);

    private static Message text(String body) {
        return Message.of(Bytes.utf8(body));
    }

    private static Message with(String name, String value) {
        return text("x").withHeaders(Headers.of(Map.of(name, value)));
    }

    @ParameterizedTest
    @CsvSource({
        "plain-Name_1.a, plain-Name_1.a",
        "with space, with__0x20__space",
        ".start, __0x2e__start",
        "two..dots, two.__0x2e__dots",
        "end., end__0x2e__",
        "a/b, a__0x2f__b",
        "☺, __0x263a__",
        "😀, __0x1f600__",
        "__0x20__, __0x5f___0x20__",
        "aws.mine, __0x61__ws.mine",
        "Amazon.x, __0x41__mazon.x",
        "base64encoded, __0x62__ase64encoded",
    })
    void names_are_escaped_and_back(String name, String escaped) {
        assertThat(Escapes.name(name)).isEqualTo(escaped);
        assertThat(Escapes.unescape(Escapes.name(name))).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x68", "_0x68_", "__0x68_", "_0x68__", "__1x68__", "__0xag__", "__0x8fffffff__", "__0x__"})
    void what_is_no_escape_stays(String text) {
        assertThat(Escapes.unescape(text)).isEqualTo(text);
        assertThat(Escapes.unescape(Escapes.name(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json; charset=utf-8 | application%2Fjson%3B%20charset=utf-8",
                "a&b=c:d@e$f+g | a&b=c:d@e$f+g",
                "100% | 100%25",
                "(x)!*' | %28x%29%21%2A%27",
                "Grüße ☺ | Gr%C3%BC%C3%9Fe%20%E2%98%BA",
                "a,b;c?d | a%2Cb%3Bc%3Fd",
            })
    void values_are_escaped_and_back(String value, String escaped) {
        assertThat(Escapes.value(Bytes.utf8(value))).isEqualTo(escaped);
        assertThat(Escapes.header("n", escaped)).isEqualTo(Header.of("n", value));
    }

    @Test
    void a_value_with_a_broken_escape_stays_as_it_is() {
        assertThat(Escapes.header("n", "100%").text()).isEqualTo("100%");
        assertThat(Escapes.header("n", "%zz+1").text()).isEqualTo("%zz+1");
    }

    @Test
    void text_goes_as_it_is_and_everything_else_as_base64() throws Exception {
        assertThat(Wire.pack(text("Grüße\t\r\n"), QUEUE).body()).isEqualTo("Grüße\t\r\n");
        assertThat(Wire.pack(text("Grüße"), QUEUE).attributes()).isEmpty();
        Packet binary = Wire.pack(Message.of(Bytes.wrap(new byte[] {(byte) 0xff, 0})), QUEUE);
        assertThat(binary.body()).isEqualTo("/wA=");
        assertThat(binary.attributes()).containsExactly(Map.entry("base64encoded", "true"));
        assertThat(Wire.pack(text("a\0b"), QUEUE).body()).isEqualTo("YQBi");
        assertThat(Wire.pack(text("\ufffe"), QUEUE).body()).isEqualTo("77++");
    }

    @Test
    void an_empty_body_is_base64_of_nothing() throws Exception {
        Packet empty = Wire.pack(Message.of(Bytes.EMPTY), QUEUE);
        assertThat(empty.body()).isEqualTo("\n");
        assertThat(empty.attributes()).containsExactly(Map.entry("base64encoded", "true"));
        assertThat(unpack("\n", Map.of("base64encoded", "true")).body()).isEqualTo(Bytes.EMPTY);
    }

    @Test
    void a_fifo_queue_gets_its_ids_from_key_and_id_or_from_headers() throws Exception {
        Message keyed = text("x").withKey("a b").withId(new Id("id-1"));
        assertThat(Wire.pack(keyed, FIFO).group()).isEqualTo("a__0x20__b");
        assertThat(Wire.pack(keyed, FIFO).deduplication()).isEqualTo("id-1");
        Message given = keyed.withHeaders(Headers.of(Map.of("DeduplicationId", "d", "MessageGroupId", "g")));
        assertThat(Wire.pack(given, FIFO).group()).isEqualTo("g");
        assertThat(Wire.pack(given, FIFO).deduplication()).isEqualTo("d");
        assertThat(Wire.pack(given, FIFO).attributes()).containsKeys("DeduplicationId", "MessageGroupId");
        assertThat(Wire.pack(text("x"), FIFO).group()).isEqualTo("wasm-pipes");
        assertThat(Wire.pack(text("x"), FIFO).deduplication())
                .isNotEqualTo(Wire.pack(text("x"), FIFO).deduplication());
        assertThat(Wire.pack(text("x").withId(new Id("i".repeat(129))), FIFO).deduplication())
                .hasSize(64);
        assertThat(Wire.pack(keyed, QUEUE).group()).isNull();
        assertThat(Wire.pack(keyed, QUEUE).deduplication()).isNull();
    }

    @Test
    void what_cannot_be_carried_is_poison_that_says_why() {
        assertThatThrownBy(() -> Wire.pack(with("x", ""), QUEUE))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("header x is empty");
        Headers eleven = Headers.of(IntStream.range(0, 11).boxed().collect(Collectors.toMap(i -> "h" + i, i -> "v")));
        assertThatThrownBy(() -> Wire.pack(text("x").withHeaders(eleven), QUEUE))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("11 attributes is above the 10")
                .hasMessageContaining("headers=");
        assertThatThrownBy(() -> Wire.pack(with("n".repeat(257), "v"), QUEUE))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("257")
                .hasMessageContaining("256");
        assertThatThrownBy(() -> Wire.pack(text("x").withKey("k".repeat(129)), FIFO))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("129")
                .hasMessageContaining("128");
        Wire.Place small = new Wire.Place("queue s", false, 1024, 1 << 20);
        assertThatThrownBy(() -> Wire.pack(text("x".repeat(1025)), small))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("1025")
                .hasMessageContaining("1024");
    }

    private static Message unpack(String body, Map<String, String> attributes) {
        return unpack(body, attributes, false, "");
    }

    private static Message unpack(String body, Map<String, String> attributes, boolean raw, String topic) {
        return Wire.unpack(
                software.amazon.awssdk.services.sqs.model.Message.builder()
                        .body(body)
                        .messageAttributes(attributes.entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey,
                                        e -> MessageAttributeValue.builder()
                                                .dataType("String")
                                                .stringValue(e.getValue())
                                                .build())))
                        .build(),
                raw,
                topic);
    }

    @Test
    void attributes_are_read_back() {
        Message message = unpack("/wA=", Map.of("base64encoded", "true", "a__0x20__b", "100%25%20%FF"));
        assertThat(message.body()).isEqualTo(Bytes.wrap(new byte[] {(byte) 0xff, 0}));
        assertThat(message.headers().list()).containsExactly(Header.of("a b", Bytes.wrap(new byte[] {
            '1', '0', '0', '%', ' ', (byte) 0xff
        })));
        assertThat(unpack("no base64!", Map.of("base64encoded", "true")).body().utf8())
                .isEqualTo("no base64!");
        Message binary = Wire.unpack(
                software.amazon.awssdk.services.sqs.model.Message.builder()
                        .body("x")
                        .messageAttributes(Map.of(
                                "b",
                                MessageAttributeValue.builder()
                                        .dataType("Binary")
                                        .binaryValue(SdkBytes.fromByteArray(new byte[] {1, 2}))
                                        .build()))
                        .build(),
                false,
                "");
        assertThat(binary.headers().list()).containsExactly(Header.of("b", Bytes.wrap(new byte[] {1, 2})));
    }

    private static final String WRAPPED =
            "{\"Type\" : \"Notification\", \"MessageId\" : \"m\", \"TopicArn\" : \"arn:t\","
                    + " \"Message\" : \"a \\\"b\\\" \\u00fc\", \"Timestamp\" : \"2026-01-01T00:00:00Z\","
                    + " \"MessageAttributes\" : {\"x__0x20__y\" : {\"Type\":\"String\",\"Value\":\"1%202\"},"
                    + " \"bin\" : {\"Type\":\"Binary\",\"Value\":\"AQI=\"}}}";

    @Test
    void a_notification_of_sns_is_unwrapped() {
        Message message = unpack(WRAPPED, Map.of());
        assertThat(message.body().utf8()).isEqualTo("a \"b\" ü");
        assertThat(message.headers().first("x y")).contains("1 2");
        assertThat(message.headers().list()).contains(Header.of("bin", Bytes.wrap(new byte[] {1, 2})));
        assertThat(unpack(WRAPPED, Map.of(), false, "arn:t").body().utf8()).isEqualTo("a \"b\" ü");
        String binary = WRAPPED.replace("a \\\"b\\\" \\u00fc", "/wA=").replace("x__0x20__y", "base64encoded");
        assertThat(unpack(binary, Map.of()).body()).isEqualTo(Bytes.wrap(new byte[] {(byte) 0xff, 0}));
    }

    @Test
    void a_body_that_is_no_notification_or_not_meant_stays() {
        assertThat(unpack(WRAPPED, Map.of(), true, "").body().utf8()).isEqualTo(WRAPPED);
        assertThat(unpack(WRAPPED, Map.of(), false, "arn:other").body().utf8()).isEqualTo(WRAPPED);
        assertThat(unpack(WRAPPED, Map.of("a", "b")).body().utf8()).isEqualTo(WRAPPED);
        for (String other : new String[] {
            "{\"Type\":\"Notification\"}", "\"Notification\"", "{\"Notification\"", "[\"Notification\"]", ""
        }) {
            assertThat(unpack(other, Map.of()).body().utf8()).isEqualTo(other);
        }
    }
}
