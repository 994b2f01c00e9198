package io.wasmpipes.adapter.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.contract.Counterpart;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NatsSettingsTest {
    private static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> variables) {
        Problems problems = new Problems();
        return Endpoint.parse(role, "THE_URI", uri, Counterpart.variables(variables), problems)
                .orElseThrow();
    }

    private static String problems(Endpoint.Role role, String uri) {
        return new NatsAdapter().problems(endpoint(role, uri, Map.of())).toString();
    }

    private static Servers servers(Map<String, String> variables) {
        Problems problems = new Problems();
        Servers servers = Servers.parse(endpoint(Endpoint.Role.SINK, "nats://a", variables), "", problems);
        assertThat(problems.list()).isEmpty();
        return servers;
    }

    @Test
    void servers_are_written_in_many_ways() {
        assertThat(servers(Map.of()).urls()).containsExactly("nats://127.0.0.1:4222");
        assertThat(servers(Map.of("NATS_SERVER_URL", "0.0.0.0:4222")).urls()).containsExactly("nats://0.0.0.0:4222");
        assertThat(servers(Map.of("NATS_SERVER_URL", "a, tls://b:1,nats://[::1]:2/"))
                        .urls())
                .containsExactly("nats://a:4222", "tls://b:1", "nats://[::1]:2");
    }

    @Test
    void a_login_in_a_url_is_not_shown() {
        Servers servers = servers(Map.of("NATS_SERVER_URL", "nats://me:pa%40ss@host"));
        assertThat(servers.toString()).isEqualTo("nats://host:4222");
        assertThat(servers.userInfo()).isEqualTo("me:pa%40ss");
    }

    @Test
    void wrong_variables_are_problems_without_their_secrets() {
        Map<String, String> wrong = Map.of(
                "NATS_SERVER_URL", "nats://me:hidden@a b", "NATS_PASSWORD", "hidden", "NATS_CREDENTIALS", "none.creds");
        assertThat(new NatsAdapter()
                        .problems(endpoint(Endpoint.Role.SINK, "nats://a", wrong))
                        .toString())
                .contains("must be NATS servers", "NATS_PASSWORD: needs NATS_USER", "readable .creds file")
                .doesNotContain("hidden");
    }

    @Test
    void subjects_streams_and_options_are_checked() {
        assertThat(problems(Endpoint.Role.SOURCE, "nats://foo.>")).isEqualTo("[]");
        assertThat(problems(Endpoint.Role.SOURCE, "nats://Foo_bar.*.x?queue=Q")).isEqualTo("[]");
        assertThat(problems(Endpoint.Role.SINK, "nats://foo.>")).contains("without * and >");
        assertThat(problems(Endpoint.Role.SINK, "nats://")).contains("must name a subject");
        assertThat(problems(Endpoint.Role.SINK, "nats://foo..bar")).contains("must name a subject");
        assertThat(problems(Endpoint.Role.SINK, "nats://localhost:4222")).contains("NATS_SERVER_URL");
        assertThat(problems(Endpoint.Role.SINK, "nats://a?encoding=xml")).contains("one of native, gob, natsv2");
        assertThat(problems(Endpoint.Role.SINK, "jetstream://ORDERS")).contains("must name a subject");
        assertThat(problems(Endpoint.Role.SOURCE, "jetstream://a.b")).contains("must name a stream");
        assertThat(problems(
                        Endpoint.Role.SOURCE,
                        "jetstream://S?durable=a.b&ack_wait=1ms&backoff=1s,x&max_deliver=-2"
                                + "&deliver_policy=newest"))
                .contains(
                        "all, last, new, last_per_subject",
                        "option durable",
                        "option ack_wait",
                        "option backoff",
                        "option max_deliver");
        assertThat(problems(Endpoint.Role.SINK, "nats://a?queue=g")).contains("option queue", "unknown");
    }

    @Test
    void promises_go_by_the_endpoint() {
        NatsAdapter adapter = new NatsAdapter();
        assertThat(adapter.promises(endpoint(Endpoint.Role.SOURCE, "nats://a", Map.of())))
                .contains(Promise.ORDERED)
                .doesNotContain(Promise.REDELIVERS);
        assertThat(adapter.promises(endpoint(Endpoint.Role.SOURCE, "nats://a?queue=g", Map.of())))
                .doesNotContain(Promise.ORDERED);
        assertThat(adapter.promises(endpoint(Endpoint.Role.SOURCE, "nats://a?jetstream=true&stream_name=S", Map.of())))
                .contains(Promise.REDELIVERS, Promise.STABLE_IDS, Promise.LEASED);
        assertThat(adapter.promises(endpoint(Endpoint.Role.SINK, "nats://a?encoding=gob", Map.of())))
                .contains(Promise.HEADERS)
                .doesNotContain(Promise.REPEATED_HEADERS);
    }

    @Test
    void patterns_of_subjects_cover_what_they_cover() {
        assertThat(Streams.covers("a.>", "a.b")).isTrue();
        assertThat(Streams.covers("a.>", "a.>")).isTrue();
        assertThat(Streams.covers("a.*", "a.b")).isTrue();
        assertThat(Streams.covers("a.*", "a.>")).isFalse();
        assertThat(Streams.covers("a.b", "a.*")).isFalse();
        assertThat(Streams.covers("a.>", "a")).isFalse();
        assertThat(Streams.covers("a.b", "a.b.c")).isFalse();
    }

    @Test
    void acknowledgement_subjects_of_all_versions_are_read() {
        AckSubject old = AckSubject.parse("$JS.ACK.S.c.2.10.5.1700000000123456789.42");
        assertThat(old.id()).isEqualTo("S-10-1700000000123456789");
        assertThat(old.delivered()).isEqualTo(2);
        assertThat(old.pending()).isEqualTo(42);
        assertThat(old.time()).isEqualTo("2023-11-14T22:13:20.123456789Z");
        assertThat(AckSubject.parse("$JS.ACK.hub.ACC.S.c.2.10.5.1700000000123456789.42.rnd"))
                .isEqualTo(old);
    }
}
