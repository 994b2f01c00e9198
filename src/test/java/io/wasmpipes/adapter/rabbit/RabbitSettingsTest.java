package io.wasmpipes.adapter.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Promise;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RabbitSettingsTest {
    private static final Endpoint.Role SOURCE = Endpoint.Role.SOURCE;
    private static final Endpoint.Role SINK = Endpoint.Role.SINK;

    private static String problems(Endpoint.Role role, String uri, Map<String, String> variables) {
        return new RabbitAdapter()
                .problems(RabbitEnds.endpoint(role, uri, variables))
                .toString();
    }

    private static String problems(Endpoint.Role role, String uri) {
        return problems(role, uri, Map.of());
    }

    private static RabbitSettings settings(Endpoint.Role role, String uri, Map<String, String> variables) {
        return RabbitSettings.parse(RabbitEnds.endpoint(role, uri, variables), new io.wasmpipes.Problems());
    }

    @Test
    void names_are_host_and_path_and_keep_their_case() {
        assertThat(settings(SOURCE, "rabbit://My_queue/a.b", Map.of()).name()).isEqualTo("My_queue/a.b");
        assertThat(settings(SOURCE, "rabbit://a%3Ab%20c", Map.of()).name()).isEqualTo("a:b c");
        assertThat(problems(SOURCE, "rabbit://")).contains("must name a queue");
        assertThat(problems(SINK, "rabbit://")).isEqualTo("[]");
        assertThat(problems(SOURCE, "rabbit://" + "q".repeat(256))).contains("at most 255 bytes");
        assertThat(problems(SOURCE, "rabbit://localhost:5672")).contains("RABBIT_SERVER_URL");
        assertThat(problems(SINK, "rabbit://user@host")).contains("names an exchange, not a server");
    }

    @Test
    void every_option_is_read() {
        RabbitSettings.Reading reading = settings(
                        SOURCE,
                        "rabbit://q?prefetch_count=7&ordered=false&dlx&id=message_id&delivery_limit=5"
                                + "&consumer_timeout=1h",
                        Map.of())
                .reading();
        assertThat(reading)
                .isEqualTo(new RabbitSettings.Reading(7, false, true, true, OptionalInt.of(5), Duration.ofHours(1)));
        assertThat(settings(SOURCE, "rabbit://q", Map.of()).reading())
                .isEqualTo(
                        new RabbitSettings.Reading(0, true, false, false, OptionalInt.empty(), Duration.ofMinutes(30)));
        assertThat(settings(SINK, "rabbit://x?key_name=k&routing_key=r&max_message_size=1MiB", Map.of())
                        .writing())
                .isEqualTo(new RabbitSettings.Writing("k", "r", 1 << 20));
    }

    @Test
    void wrong_options_are_problems() {
        assertThat(problems(
                        SOURCE, "rabbit://q?prefetch_count=x&delivery_limit=-2&id=x&consumer_timeout=1ms&ordered=2"))
                .contains(
                        "option prefetch_count",
                        "option delivery_limit",
                        "option id: must be message_id",
                        "option consumer_timeout",
                        "option ordered");
        assertThat(problems(SOURCE, "rabbit://q?key_name=k")).contains("key_name", "unknown to rabbit");
        assertThat(problems(SINK, "rabbit://x?prefetch_count=1")).contains("prefetch_count", "unknown to rabbit");
        assertThat(problems(SINK, "rabbit://x?key_name=&max_message_size=big"))
                .contains("must name a header", "option max_message_size");
        assertThat(problems(SINK, "rabbit://x?routing_key=" + "r".repeat(256))).contains("at most 255 bytes");
    }

    @Test
    void servers_are_shown_without_their_login() {
        assertThat(shown("amqp://me:pa%40ss@host:1/my%2Fhost")).isEqualTo("amqp://host:1/my/host");
        assertThat(shown("amqps://host")).isEqualTo("amqps://host:5671");
        assertThat(shown("amqp://host/")).isEqualTo("amqp://host:5672");
        assertThat(settings(SINK, "rabbit://x", Map.of()).server()).hasToString("amqp://127.0.0.1:5672");
    }

    private static String shown(String url) {
        Map<String, String> variables = Map.of("RABBIT_SERVER_URL", url);
        assertThat(problems(SINK, "rabbit://x", variables)).isEqualTo("[]");
        return settings(SINK, "rabbit://x", variables).server().toString();
    }

    @Test
    void wrong_servers_are_problems_without_their_secrets() {
        for (String url : new String[] {"http://me:hidden@host", "me:hidden@host", "amqp://me:hidden@host?x=hidden"}) {
            assertThat(problems(SINK, "rabbit://x", Map.of("RABBIT_SERVER_URL", url)))
                    .contains("RABBIT_SERVER_URL: must be amqp://");
        }
        assertThat(problems(SINK, "rabbit://x", Map.of("RABBIT_SERVER_URL", "http://me:hidden@host")))
                .doesNotContain("hidden");
        assertThat(problems(SINK, "rabbit://x", Map.of("RABBIT_SERVER_URL", "amqps://h", "TLS_CA_FILE", "none.pem")))
                .contains("TLS_CA_FILE", "readable file");
    }

    @Test
    void promises_go_by_what_the_uri_says_of_the_queue() {
        assertThat(promises(SOURCE, "rabbit://q"))
                .containsOnly(
                        Promise.REDELIVERS, Promise.ORDERED, Promise.KEY, Promise.HEADERS, Promise.BINARY_HEADERS);
        assertThat(promises(SOURCE, "rabbit://q?dlx=true&id=message_id&delivery_limit=20&ordered=false"))
                .contains(Promise.REJECTS, Promise.STABLE_IDS, Promise.COUNTS_DELIVERIES)
                .doesNotContain(Promise.ORDERED);
        assertThat(promises(SINK, "rabbit://x"))
                .containsOnly(Promise.SENDS_IN_ORDER, Promise.DURABLE, Promise.HEADERS, Promise.BINARY_HEADERS);
    }

    private static Set<Promise> promises(Endpoint.Role role, String uri) {
        return new RabbitAdapter().promises(RabbitEnds.endpoint(role, uri, Map.of()));
    }
}
