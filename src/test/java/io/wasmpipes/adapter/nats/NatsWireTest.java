package io.wasmpipes.adapter.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What lies on the wire, seen by jnats itself, and what the options do. */
@Timeout(60)
class NatsWireTest {
    private static final Duration WAIT = Duration.ofSeconds(5);
    private static final byte[] GOB =
            HexFormat.of().parseHex("0eff81040102ff8200010c010c000008ff82000101610162080a000568656c6c6f");

    private static NatsServer server;
    private static Connection raw;

    @BeforeAll
    static void start() throws Exception {
        server = NatsServer.start();
        raw = Nats.connect(server.url());
    }

    @AfterAll
    static void stop() throws Exception {
        raw.close();
        server.close();
    }

    private static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(Map.of("NATS_SERVER_URL", server.url()));
        all.putAll(variables);
        Variables given = Counterpart.variables(all);
        return Endpoint.parse(role, role + "_URI", uri, given, new Problems()).orElseThrow();
    }

    private static Context context() {
        return new Context("my pipe", Limits.DEFAULT, Path.of("."), InstantSource.system());
    }

    private static Sink sink(String uri) throws Exception {
        return new NatsAdapter().sink(endpoint(Endpoint.Role.SINK, uri, Map.of()), context());
    }

    private static Source source(String uri) throws Exception {
        return new NatsAdapter().source(endpoint(Endpoint.Role.SOURCE, uri, Map.of()), context());
    }

    private static Message message(String body, Header... headers) {
        return Message.of(Bytes.utf8(body)).withHeaders(Headers.of(List.of(headers)));
    }

    /** What a raw subscriber gets from a sink. */
    private static io.nats.client.Message sent(String subject, String options, Message message) throws Exception {
        Subscription subscription = raw.subscribe(subject);
        raw.flush(WAIT);
        try (Sink sink = sink("nats://" + subject + options)) {
            assertThat(sink.send(List.of(message)).await()).containsExactly(Outcome.Confirmed.YES);
        }
        io.nats.client.Message got = subscription.nextMessage(WAIT);
        subscription.unsubscribe();
        return got;
    }

    private static String text(io.nats.client.Message packet) {
        return new String(packet.getData(), StandardCharsets.UTF_8);
    }

    @Test
    void a_sink_writes_the_bare_body_and_native_headers() throws Exception {
        io.nats.client.Message got = sent(
                "w1",
                "",
                message("hello", Header.of("Content-Type", "a/b; c=d"), Header.of("Nats-Msg-Id", "inherited")));
        assertThat(text(got)).isEqualTo("hello");
        assertThat(got.getHeaders().keySet()).containsExactly("Content-Type");
        assertThat(got.getHeaders().getFirst("Content-Type")).isEqualTo("a/b; c=d");
        assertThat(sent("w2", "", message("plain")).hasHeaders()).isFalse();
    }

    @Test
    void a_sink_writes_gob_or_escaped_headers_on_request() throws Exception {
        assertThat(sent("w3", "?encoding=gob", message("hello", Header.of("a", "b")))
                        .getData())
                .isEqualTo(GOB);
        assertThat(text(sent("w3", "?encoding=gob", message("hello")))).isEqualTo("hello");
        io.nats.client.Message escaped = sent("w4", "?natsv2", message("x", Header.of("ä b", "c/d*~ e")));
        assertThat(escaped.getHeaders().getFirst("%C3%A4+b")).isEqualTo("c%2Fd%2A~+e");
        assertThat(sent("w4", "?NatsV2=true", message("x", Header.of("k", "é")))
                        .getHeaders()
                        .getFirst("k"))
                .isEqualTo("%C3%A9");
    }

    @Test
    void a_source_reads_gob_native_and_escaped_messages() throws Exception {
        try (Source source = source("nats://r1")) {
            source.connect();
            raw.publish("r1", GOB);
            raw.publish("r1", new io.nats.client.impl.Headers().add("p", "100%25"), new byte[] {1});
            raw.flush(WAIT);
            assertThat(next(source))
                    .isEqualTo(message("hello", Header.of("a", "b")).withKey("r1"));
            assertThat(next(source).headers().first("p")).contains("100%25");
        }
        try (Source source = source("nats://r1?natsv2")) {
            source.connect();
            raw.publish("r1", new io.nats.client.impl.Headers().add("%C3%A4+b", "c%2Fd"), new byte[] {1});
            raw.flush(WAIT);
            assertThat(next(source).headers().first("ä b")).contains("c/d");
        }
    }

    private static Message next(Source source) throws Exception {
        List<Delivery> one = source.receive(new Demand(1, 1 << 20, true, WAIT));
        assertThat(one).hasSize(1);
        source.settle(List.of(new Settled(one.getFirst(), Settlement.Done.SILENT)));
        return one.getFirst().message();
    }

    @Test
    void members_of_a_queue_group_share_and_other_groups_get_everything() throws Exception {
        try (Source a = source("nats://q?queue=g");
                Source b = source("nats://q?queue=g");
                Source other = source("nats://q?QUEUE=h")) {
            a.connect();
            b.connect();
            other.connect();
            for (int i = 0; i < 100; i++) {
                raw.publish("q", new byte[] {(byte) i});
            }
            raw.flush(WAIT);
            int[] shared = new int[3];
            Await.until("all arrive", () -> {
                Demand now = new Demand(100, 1 << 20, true, Duration.ofMillis(20));
                shared[0] += a.receive(now).size();
                shared[1] += b.receive(now).size();
                shared[2] += other.receive(now).size();
                return shared[0] + shared[1] == 100 && shared[2] == 100;
            });
            assertThat(shared[0]).isBetween(1, 99);
        }
    }

    @Test
    void a_jetstream_message_carries_its_id_and_a_missing_stream_is_an_outage_with_a_hint() throws Exception {
        try (Sink sink = sink("jetstream://MISSING?subject=missing.new")) {
            assertThatThrownBy(sink::connect)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContaining("MISSING is missing")
                    .hasMessageContaining("create=true");
        }
        try (Sink sink = sink("jetstream://MADE?subject=made.new&create=true")) {
            Message message = message("x").withId(new Id("S-7"));
            assertThat(sink.send(List.of(message)).await()).containsExactly(Outcome.Confirmed.YES);
        }
        assertThat(raw.jetStreamManagement().getMessage("MADE", 1).getHeaders().getFirst("Nats-Msg-Id"))
                .isEqualTo("S-7");
        try (Source source = source("jetstream://MADE?subject=made.>")) {
            Message got = next(source);
            assertThat(got.id().value()).matches("MADE-1-\\d{19}");
            assertThat(got.time()).isNotNull();
            assertThat(source.lag()).hasValue(0);
        }
        assertThat(raw.jetStreamManagement().getConsumerNames("MADE")).containsExactly("my_pipe");
    }

    @Test
    void a_subject_that_a_stream_does_not_take_is_added_on_request_only() throws Exception {
        raw.jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name("NARROW")
                        .subjects("narrow.a")
                        .build());
        try (Sink sink = sink("jetstream://NARROW?subject=narrow.b")) {
            assertThatThrownBy(sink::connect).hasMessageContaining("does not take the subject narrow.b");
        }
        try (Sink sink = sink("jetstream://NARROW?subject=narrow.b&create=true")) {
            assertThat(sink.send(List.of(message("x"))).await()).containsExactly(Outcome.Confirmed.YES);
        }
    }

    @Test
    void the_alias_reads_every_consumer_option() throws Exception {
        raw.jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name("ALIAS")
                        .subjects("alias.>")
                        .build());
        String uri = "nats://127.0.0.1:" + server.port()
                + "?jetstream=true&stream_name=ALIAS&subject=alias.x&consumer_durable=dd"
                + "&ack_wait=7s&max_deliver=5&deliver_policy=new&backoff=1s,2s&max_ack_pending=77";
        Map<String, String> elsewhere = Map.of("NATS_SERVER_URL", "127.0.0.1:1");
        Endpoint endpoint = endpoint(Endpoint.Role.SOURCE, uri, elsewhere);
        try (Source source = new NatsAdapter().source(endpoint, context())) {
            source.connect();
        }
        ConsumerConfiguration made =
                raw.jetStreamManagement().getConsumerInfo("ALIAS", "dd").getConsumerConfiguration();
        assertThat(made.getFilterSubject()).isEqualTo("alias.x");
        assertThat(made.getMaxDeliver()).isEqualTo(5);
        assertThat(made.getMaxAckPending()).isEqualTo(77);
        assertThat(made.getBackoff()).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(made.getDeliverPolicy()).isEqualTo(io.nats.client.api.DeliverPolicy.New);
    }

    @Test
    void a_message_above_the_streams_own_limit_is_poison_with_both_numbers() throws Exception {
        raw.jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name("SMALL")
                        .subjects("small")
                        .maximumMessageSize(100)
                        .build());
        try (Sink sink = sink("jetstream://SMALL?subject=small")) {
            List<Outcome> outcomes = sink.send(List.of(message("x".repeat(100)), message("x".repeat(101))))
                    .await();
            assertThat(outcomes.getFirst()).isEqualTo(Outcome.Confirmed.YES);
            assertThat(outcomes.getLast())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            f -> assertThat(f.why()).hasMessageContaining("101").hasMessageContaining("100 bytes"));
        }
    }
}
