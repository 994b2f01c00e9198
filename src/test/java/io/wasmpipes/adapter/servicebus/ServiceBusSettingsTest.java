package io.wasmpipes.adapter.servicebus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ServiceBusSettingsTest {
    private static final Map<String, String> LOGIN = Buses.at(5672);

    private static String problems(Endpoint.Role role, String uri, Map<String, String> variables) {
        return new ServiceBusAdapter()
                .problems(Buses.endpoint(role, uri, variables))
                .toString();
    }

    private static ServiceBusSettings settings(String uri) {
        Problems problems = new Problems();
        ServiceBusSettings settings =
                ServiceBusSettings.parse(Buses.endpoint(Endpoint.Role.SOURCE, uri, LOGIN), problems);
        assertThat(problems.list()).isEmpty();
        return settings;
    }

    @Test
    void a_source_reads_a_queue_or_a_subscription() {
        assertThat(settings("azuresb://Orders").entity()).isEqualTo("Orders");
        assertThat(settings("azuresb://Orders").subscription()).isEmpty();
        assertThat(settings("azuresb://Orders").listen()).isEqualTo(Duration.ofSeconds(2));
        ServiceBusSettings topic =
                settings("azuresb://a/b_c.d?subscription=S&listener_timeout=500ms&max_recv_batch_size=7");
        assertThat(topic.entity()).isEqualTo("a/b_c.d");
        assertThat(topic.subscription()).isEqualTo("S");
        assertThat(topic.listen()).isEqualTo(Duration.ofMillis(500));
        assertThat(topic.batch()).isEqualTo(7);
    }

    @Test
    void wrong_ones_are_told() {
        assertThat(problems(Endpoint.Role.SOURCE, "azuresb://", LOGIN)).contains("must name a queue or topic");
        assertThat(problems(Endpoint.Role.SOURCE, "azuresb://ns.servicebus.windows.net:5671/q", LOGIN))
                .contains("SERVICEBUS_CONNECTION_STRING or AZURE_SERVICEBUS_HOSTNAME");
        assertThat(problems(
                        Endpoint.Role.SOURCE,
                        "azuresb://q?subscription=a%20b&listener_timeout=soon&max_recv_batch_size=256",
                        LOGIN))
                .contains("option subscription", "option listener_timeout", "option max_recv_batch_size", "1 to 250");
        assertThat(problems(Endpoint.Role.SINK, "azuresb://q?subscription=s", LOGIN))
                .contains("option subscription", "unknown");
    }

    @Test
    void a_login_is_required_and_is_not_shown() {
        assertThat(problems(Endpoint.Role.SINK, "azuresb://q", Map.of()))
                .contains("SERVICEBUS_CONNECTION_STRING", "is required, or AZURE_SERVICEBUS_HOSTNAME");
        assertThat(problems(
                        Endpoint.Role.SINK,
                        "azuresb://q",
                        Map.of("SERVICEBUS_CONNECTION_STRING", "SharedAccessKey=hidden")))
                .contains("must be a connection string")
                .doesNotContain("hidden");
        assertThat(problems(Endpoint.Role.SINK, "azuresb://q", Map.of("AZURE_SERVICEBUS_HOSTNAME", "a b")))
                .contains("must be a host name");
        assertThat(problems(
                        Endpoint.Role.SINK,
                        "azuresb://q",
                        Map.of("AZURE_SERVICEBUS_HOSTNAME", "name.servicebus.windows.net")))
                .isEqualTo("[]");
    }

    @Test
    void the_connection_string_wins_over_the_host_name() throws Exception {
        Map<String, String> both = Map.of(
                "SERVICEBUS_CONNECTION_STRING",
                LOGIN.get("SERVICEBUS_CONNECTION_STRING").replace("127.0.0.1:5672", "host.invalid"),
                "AZURE_SERVICEBUS_HOSTNAME",
                "other.invalid");
        unknown(both, "host.invalid");
        unknown(Map.of("AZURE_SERVICEBUS_HOSTNAME", "other.invalid"), "other.invalid");
    }

    private static void unknown(Map<String, String> variables, String host) throws ConfigException {
        Endpoint endpoint = Buses.endpoint(Endpoint.Role.SOURCE, "azuresb://q", variables);
        try (Source source = new ServiceBusAdapter()
                .source(
                        endpoint,
                        new io.wasmpipes.Context(
                                "p",
                                io.wasmpipes.Limits.DEFAULT,
                                java.nio.file.Path.of("."),
                                java.time.InstantSource.system()))) {
            assertThatThrownBy(source::connect)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContaining("the host " + host + " is unknown");
        }
    }

    @Test
    void promises_of_both_ends() {
        ServiceBusAdapter adapter = new ServiceBusAdapter();
        assertThat(adapter.promises(Buses.endpoint(Endpoint.Role.SOURCE, "azuresb://q", LOGIN)))
                .contains(Promise.REDELIVERS, Promise.REJECTS, Promise.LEASED, Promise.COUNTS_DELIVERIES)
                .doesNotContain(Promise.ORDERED, Promise.ORDERED_BY_KEY);
        assertThat(adapter.promises(Buses.endpoint(Endpoint.Role.SOURCE, "azuresb://q?sessions=true", LOGIN)))
                .contains(Promise.ORDERED_BY_KEY);
        assertThat(adapter.promises(Buses.endpoint(Endpoint.Role.SINK, "azuresb://q", LOGIN)))
                .contains(Promise.SENDS_IN_ORDER, Promise.DURABLE)
                .doesNotContain(Promise.DEDUPLICATES, Promise.REPEATED_HEADERS);
    }
}
