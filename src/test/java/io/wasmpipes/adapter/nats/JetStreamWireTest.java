package io.wasmpipes.adapter.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.StreamConfiguration;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What lies in a stream, and the words about what it refuses. */
@Timeout(180)
class JetStreamWireTest extends NatsEnds {
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
