package io.wasmpipes.adapter.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RedisSettingsTest {
    private static String problems(Endpoint.Role role, String uri, Map<String, String> variables) {
        return new RedisAdapter()
                .problems(Streams.endpoint(role, uri, variables))
                .toString();
    }

    private static RedisSettings.Reading reading(String uri) {
        Problems problems = new Problems();
        RedisSettings settings = RedisSettings.parse(Streams.endpoint(Endpoint.Role.SOURCE, uri, Map.of()), problems);
        assertThat(problems.list()).isEmpty();
        return Objects.requireNonNull(settings.reading());
    }

    @Test
    void a_source_has_defaults_for_all_but_the_group() {
        RedisSettings.Reading reading = reading("redis://h/s?group=g");
        assertThat(reading.group()).isEqualTo("g");
        assertThat(reading.idle()).isEqualTo(Duration.ofSeconds(30));
        assertThat(reading.oldest()).isTrue();
        assertThat(reading.ordered()).isTrue();
        assertThat(reading.named("pipe").consumer()).startsWith("pipe-");
        assertThat(reading.named("pipe").consumer())
                .isNotEqualTo(reading.named("pipe").consumer());
    }

    @Test
    void every_option_of_a_source_is_read() {
        RedisSettings.Reading reading =
                reading("redis://h:1/s?group=g&consumer=c&idle=2s&offset=newest&ordered=false&db=4&body=b&create=true");
        assertThat(reading).isEqualTo(new RedisSettings.Reading("g", "c", false, Duration.ofSeconds(2), false, false));
        assertThat(reading.named("pipe").consumer()).isEqualTo("c");
    }

    @Test
    void wrong_ones_are_told() {
        assertThat(problems(Endpoint.Role.SOURCE, "redis://h/s", Map.of())).contains("option group", "is required");
        assertThat(problems(
                        Endpoint.Role.SOURCE,
                        "redis://h/s?group=g&idle=1ms&offset=first&db=x&ordered=maybe&maxlen=3",
                        Map.of()))
                .contains(
                        "at least 300ms", "oldest, newest", "option db", "option ordered", "option maxlen", "unknown");
        assertThat(problems(Endpoint.Role.SINK, "redis://h", Map.of())).contains("redis://host:port/stream");
        assertThat(problems(Endpoint.Role.SINK, "redis:///s", Map.of())).contains("redis://host:port/stream");
        assertThat(problems(Endpoint.Role.SINK, "redis://h/s?maxlen=0&group=g", Map.of()))
                .contains("option maxlen", "option group", "unknown");
        assertThat(problems(Endpoint.Role.SINK, "redis://u:hidden@h/s?x=1", Map.of()))
                .contains("unknown")
                .doesNotContain("hidden");
    }

    @Test
    void wrong_variables_are_told() {
        assertThat(problems(Endpoint.Role.SINK, "redis://h/s", Map.of("REDIS_USER", "u")))
                .contains("REDIS_PASSWORD");
        assertThat(problems(Endpoint.Role.SINK, "rediss://h/s", Map.of("TLS_CA_FILE", "none.pem")))
                .contains("TLS_CA_FILE", "readable file");
    }

    @Test
    void promises_go_by_the_options() {
        RedisAdapter adapter = new RedisAdapter();
        assertThat(adapter.promises(Streams.endpoint(Endpoint.Role.SOURCE, "redis://h/s?group=g", Map.of())))
                .contains(Promise.ORDERED, Promise.REDELIVERS, Promise.LEASED, Promise.COUNTS_DELIVERIES)
                .doesNotContain(Promise.REJECTS);
        assertThat(adapter.promises(
                        Streams.endpoint(Endpoint.Role.SOURCE, "redis://h/s?group=g&ordered=false", Map.of())))
                .doesNotContain(Promise.ORDERED);
        assertThat(adapter.promises(Streams.endpoint(Endpoint.Role.SINK, "redis://h/s", Map.of())))
                .contains(Promise.SENDS_IN_ORDER)
                .doesNotContain(Promise.DURABLE);
        assertThat(adapter.promises(Streams.endpoint(Endpoint.Role.SINK, "redis://h/s?durable=true", Map.of())))
                .contains(Promise.DURABLE);
    }
}
