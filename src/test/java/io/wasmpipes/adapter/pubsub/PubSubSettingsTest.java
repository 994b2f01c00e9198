package io.wasmpipes.adapter.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.contract.Counterpart;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PubSubSettingsTest {
    private static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> variables) {
        return Endpoint.parse(role, "THE_URI", uri, Counterpart.variables(variables), new Problems())
                .orElseThrow();
    }

    private static PubSubSettings settings(Endpoint.Role role, String uri, Map<String, String> variables) {
        Problems problems = new Problems();
        PubSubSettings settings = PubSubSettings.parse(endpoint(role, uri, variables), problems);
        assertThat(problems.list()).isEmpty();
        return settings;
    }

    private static String problems(Endpoint.Role role, String uri, Map<String, String> variables) {
        return new PubSubAdapter().problems(endpoint(role, uri, variables)).toString();
    }

    @ParameterizedTest
    @CsvSource({
        "SOURCE, gcppubsub://projects/P_1/subscriptions/S-a, projects/P_1/subscriptions/S-a",
        "SOURCE, gcppubsub://my-project/orders, projects/my-project/subscriptions/orders",
        "SINK, gcppubsub://projects/P/topics/T, projects/P/topics/T",
        "SINK, gcppubsub://P/T, projects/P/topics/T",
        "DEAD_LETTER, gcppubsub://P/T, projects/P/topics/T",
    })
    void topics_and_subscriptions_are_named_in_two_ways(Endpoint.Role role, String uri, String path) {
        assertThat(settings(role, uri, Map.of()).path()).isEqualTo(path);
    }

    @Test
    void every_parameter_of_go_cloud_is_read() {
        PubSubSettings source =
                settings(Endpoint.Role.SOURCE, "gcppubsub://p/s?max_recv_batch_size=7&nacklazy=true", Map.of());
        assertThat(source.batch()).isEqualTo(7);
        assertThat(source.nackLazy()).isTrue();
        assertThat(source.shown()).isEqualTo("subscription s of project p");
        assertThat(settings(Endpoint.Role.SINK, "gcppubsub://p/t?max_send_batch_size=1000", Map.of())
                        .batch())
                .isEqualTo(1000);
        assertThat(settings(Endpoint.Role.SINK, "gcppubsub://p/t", Map.of()).batch())
                .isEqualTo(1000);
    }

    @Test
    void the_emulator_may_be_written_as_a_url() {
        Map<String, String> variables = Map.of("PUBSUB_EMULATOR_HOST", "http://localhost:8085/");
        assertThat(settings(Endpoint.Role.SINK, "gcppubsub://p/t", variables).emulator())
                .isEqualTo("localhost:8085");
    }

    @Test
    void what_is_wrong_is_a_problem() {
        assertThat(problems(Endpoint.Role.SOURCE, "gcppubsub://projects/p/topics/t", Map.of()))
                .contains("one of its subscriptions");
        assertThat(problems(Endpoint.Role.SINK, "gcppubsub://orders", Map.of())).contains("one of its topics");
        assertThat(problems(Endpoint.Role.SINK, "gcppubsub://p:1/t", Map.of())).contains("one of its topics");
        assertThat(problems(Endpoint.Role.SINK, "gcppubsub://p/t?max_send_batch_size=1001", Map.of()))
                .contains("from 1 to 1000");
        assertThat(problems(Endpoint.Role.SINK, "gcppubsub://p/t?max_recv_batch_size=1&nacklazy=true", Map.of()))
                .contains("max_recv_batch_size", "nacklazy", "unknown");
        assertThat(problems(
                        Endpoint.Role.SINK,
                        "gcppubsub://p/t",
                        Map.of("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")))
                .contains("GOOGLE_APPLICATION_CREDENTIALS: must name a readable file");
        assertThat(problems(Endpoint.Role.SINK, "gcppubsub://p/t", Map.of("PUBSUB_EMULATOR_HOST", "localhost")))
                .contains("PUBSUB_EMULATOR_HOST: must be host:port");
    }

    @Test
    void promises_go_by_the_end() {
        PubSubAdapter adapter = new PubSubAdapter();
        assertThat(adapter.promises(endpoint(Endpoint.Role.SOURCE, "gcppubsub://p/s", Map.of())))
                .contains(Promise.REDELIVERS, Promise.REJECTS, Promise.ORDERED_BY_KEY)
                .doesNotContain(Promise.COUNTS_DELIVERIES);
        assertThat(adapter.promises(endpoint(Endpoint.Role.SOURCE, "gcppubsub://p/s?on_reject=skip", Map.of())))
                .doesNotContain(Promise.REJECTS);
        assertThat(adapter.promises(endpoint(Endpoint.Role.SINK, "gcppubsub://p/t", Map.of())))
                .containsExactlyInAnyOrder(Promise.HEADERS, Promise.KEY, Promise.DURABLE);
    }
}
