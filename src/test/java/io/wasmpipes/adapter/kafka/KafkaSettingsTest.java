package io.wasmpipes.adapter.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Endpoint.Role;
import io.wasmpipes.Problems;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
    private static String problems(Role role, String uri, Map<String, String> variables) {
        return new KafkaAdapter()
                .problems(KafkaTests.endpoint(role, uri, variables))
                .toString();
    }

    private static String problems(String name, String value) {
        return problems(Role.SINK, "kafka://t", Map.of(name, value));
    }

    private static KafkaSettings settings(Role role, String uri, Map<String, String> variables) {
        Problems problems = new Problems();
        KafkaSettings settings = KafkaSettings.parse(KafkaTests.endpoint(role, uri, variables), problems);
        assertThat(problems.list()).isEmpty();
        return settings;
    }

    @Test
    void uris_are_those_of_the_go_original() {
        KafkaSettings source = settings(Role.SOURCE, "kafka://my/group?topic=a&topic=b_1.x&offset=oldest", Map.of());
        assertThat(source.name()).isEqualTo("my/group");
        assertThat(source.topics()).containsExactly("a", "b_1.x");
        assertThat(source.offset()).isEqualTo(KafkaSettings.Offset.OLDEST);
        assertThat(settings(Role.SOURCE, "kafka://g?topic=a", Map.of()).offset())
                .isEqualTo(KafkaSettings.Offset.NEWEST);
        KafkaSettings sink = settings(Role.SINK, "kafka://my_topic?key_name=k", Map.of());
        assertThat(sink.name()).isEqualTo("my_topic");
        assertThat(sink.keyName()).isEqualTo("k");
    }

    @Test
    void wrong_uris_are_problems_that_say_what_is_right() {
        assertThat(problems(Role.SOURCE, "kafka://g", Map.of())).contains("must name a topic", "topic=t1&topic=t2");
        assertThat(problems(Role.SOURCE, "kafka://?topic=t", Map.of())).contains("must name a group");
        assertThat(problems(Role.SOURCE, "kafka://g?topic=a%20b", Map.of())).contains("option topic");
        assertThat(problems(Role.SOURCE, "kafka://g?topic=a&offset=first", Map.of()))
                .contains("newest, oldest");
        assertThat(problems(Role.SINK, "kafka://a/b", Map.of())).contains("must name a topic");
        assertThat(problems(Role.SINK, "kafka://localhost:9092", Map.of())).contains("KAFKA_BROKERS");
        assertThat(problems(Role.SINK, "kafka://t?topic=x", Map.of()))
                .contains("option topic", "accepted: headers, key");
        assertThat(problems(Role.SINK, "kafka://t?key_name=", Map.of())).contains("must name a header");
        assertThat(problems(Role.SINK, "kafka://t?timestamp=now", Map.of())).contains("producer, message");
    }

    @Test
    void brokers_are_written_in_many_ways() {
        assertThat(settings(Role.SINK, "kafka://t", Map.of()).cluster().servers())
                .containsExactly("127.0.0.1:9092");
        assertThat(settings(Role.SINK, "kafka://t", Map.of("KAFKA_BROKERS", "a:1, b ,[::1]:2"))
                        .cluster()
                        .servers())
                .containsExactly("a:1", "b:9092", "[::1]:2");
        assertThat(problems("KAFKA_BROKERS", "http://a:1")).contains("KAFKA_BROKERS: must be host:port");
    }

    @Test
    void options_of_the_client_are_taken_by_their_names() {
        Map<String, String> options = Map.of(
                "KAFKA_OPT_SECURITY_PROTOCOL", "SASL_SSL",
                "KAFKA_OPT_SASL_JAAS_CONFIG", "secret",
                "KAFKA_OPT_SESSION_TIMEOUT_MS", "6000",
                "KAFKA_OPT_LINGER_MS", "20",
                "KAFKA_OPT_SASL_OAUTHBEARER_ASSERTION_FILE", "/a/path");
        assertThat(settings(Role.SINK, "kafka://t", options).cluster().options().given())
                .containsEntry("linger.ms", "20")
                .containsEntry("session.timeout.ms", "6000");
        assertThat(problems("KAFKA_OPT_LINGERMS", "1")).contains("no option", "did you mean KAFKA_OPT_LINGER_MS?");
        assertThat(problems("KAFKA_OPT_QUITE_SOMETHING", "1")).contains("no option", "Kafka's documentation");
        assertThat(problems("KAFKA_OPT_LINGER_MS", "hidden"))
                .contains("must be of the kind")
                .doesNotContain("hidden");
        assertThat(problems("KAFKA_OPT_SECURITY_PROTOCOL", "hidden"))
                .contains("SASL_SSL", "PLAINTEXT")
                .doesNotContain("hidden");
    }

    @Test
    void options_that_would_break_a_promise_are_refused_with_the_reason() {
        assertThat(problems("KAFKA_OPT_ACKS", "1")).contains("must be all");
        assertThat(problems("KAFKA_OPT_ACKS", "all")).isEqualTo("[]");
        assertThat(problems("KAFKA_OPT_ENABLE_IDEMPOTENCE", "false")).contains("must be true");
        assertThat(problems("KAFKA_OPT_RETRIES", "0")).contains("must not be 0");
        assertThat(problems("KAFKA_OPT_MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION", "6"))
                .contains("at most 5");
        assertThat(problems("KAFKA_OPT_ENABLE_AUTO_COMMIT", "true")).contains("cannot be set", "what is settled");
        assertThat(problems("KAFKA_OPT_GROUP_ID", "x")).contains("the URI");
        assertThat(problems("KAFKA_OPT_BOOTSTRAP_SERVERS", "x")).contains("KAFKA_BROKERS");
        assertThat(problems("KAFKA_OPT_AUTO_OFFSET_RESET", "latest")).contains("option offset");
        assertThat(problems("KAFKA_OPT_TRANSACTIONAL_ID", "x")).contains("exactly_once");
        assertThat(problems("KAFKA_OPT_VALUE_SERIALIZER", "x")).contains("bytes");
    }

    @Test
    void a_login_without_the_protocol_for_it_is_told() {
        assertThat(problems("KAFKA_OPT_SASL_JAAS_CONFIG", "hidden"))
                .contains("no effect without KAFKA_OPT_SECURITY_PROTOCOL", "SASL_SSL")
                .doesNotContain("hidden");
        assertThat(problems("TLS_CA_FILE", "/none.pem")).contains("TLS_CA_FILE", "readable file");
    }

    @Test
    void keys_of_any_bytes_are_text_and_back() {
        java.util.Random random = new java.util.Random(5);
        for (int i = 0; i < 5000; i++) {
            byte[] key = new byte[random.nextInt(12)];
            random.nextBytes(key);
            assertThat(Keys.encode(Keys.decode(key))).isEqualTo(key);
            String text = new String(key, java.nio.charset.StandardCharsets.UTF_8);
            assertThat(Keys.decode(Keys.encode(text))).isEqualTo(text);
        }
        assertThat(Keys.decode(new byte[] {'a', (byte) 0xff})).isEqualTo("a\udcff");
        assertThat(Keys.decode(KafkaTests.bytes("\ufffd"))).isEqualTo("\ufffd");
        assertThat(Keys.encode("😀")).isEqualTo(KafkaTests.bytes("😀"));
    }
}
