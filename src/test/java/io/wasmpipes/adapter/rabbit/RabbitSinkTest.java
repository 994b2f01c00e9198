package io.wasmpipes.adapter.rabbit;

import static io.wasmpipes.adapter.rabbit.RabbitEnds.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.GetResponse;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.Pem;
import io.wasmpipes.support.RabbitNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the server refuses, and how. */
@Timeout(180)
class RabbitSinkTest {
    private static final Pem.Pair CERTIFICATE = Pem.selfSigned(Folders.fresh("rabbit-tls"), "server");

    private static RabbitNode strict;

    @BeforeAll
    static void startNode() {
        strict = RabbitNode.start(
                "max_message_size = 1000",
                "ssl_options.cacertfile = " + CERTIFICATE.certificate(),
                "ssl_options.certfile = " + CERTIFICATE.certificate(),
                "ssl_options.keyfile = " + CERTIFICATE.key(),
                "ssl_options.verify = verify_none");
    }

    @AfterAll
    static void stopNode() {
        strict.close();
    }

    private static PipeException failure(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) outcome).why();
    }

    @Test
    void just_the_unroutable_messages_of_a_batch_are_poison_that_says_where() throws Exception {
        try (RabbitEnds ends = new RabbitEnds(RabbitNode.shared())) {
            String exchange = ends.exchange("direct");
            String queue = ends.queue();
            ends.raw.queueBind(queue, exchange, "yes");
            List<Message> batch = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                batch.add(message("same body", Header.of("k", i % 3 == 0 ? "no" : "yes"), Header.of("n", "" + i)));
            }
            try (Sink sink = ends.sink("rabbit://" + exchange + "?key_name=k")) {
                List<Outcome> outcomes = sink.send(batch).await();
                for (int i = 0; i < 100; i++) {
                    if (i % 3 == 0) {
                        assertThat(failure(outcomes.get(i)))
                                .isInstanceOf(PoisonException.class)
                                .hasMessageContaining("NO_ROUTE")
                                .hasMessageContaining("\"" + exchange + "\"")
                                .hasMessageContaining("\"no\"");
                    } else {
                        assertThat(outcomes.get(i)).isEqualTo(Outcome.Confirmed.YES);
                        GetResponse got = ends.next(queue);
                        assertThat(got.getProps().getHeaders().get("n")).hasToString("" + i);
                    }
                }
            }
        }
    }

    @Test
    void a_missing_exchange_is_an_outage_that_names_it_also_when_it_goes_later() throws Exception {
        try (RabbitEnds ends = new RabbitEnds(RabbitNode.shared())) {
            try (Sink sink = ends.sink("rabbit://nowhere")) {
                assertThatThrownBy(sink::connect)
                        .isInstanceOf(TransientException.class)
                        .hasMessageContaining("no exchange 'nowhere'")
                        .hasMessageContaining("declares nothing");
            }
            String exchange = ends.exchange("fanout");
            try (Sink sink = ends.sink("rabbit://" + exchange)) {
                sink.connect();
                ends.raw.exchangeDelete(exchange);
                assertThat(failure(sink.send(List.of(message("x"))).await().getFirst()))
                        .isInstanceOf(TransientException.class)
                        .hasMessageContaining("no exchange '" + exchange + "'");
            }
        }
    }

    @Test
    void a_full_queue_that_refuses_is_an_outage() throws Exception {
        try (RabbitEnds ends = new RabbitEnds(RabbitNode.shared())) {
            String queue = ends.queue("classic", Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
            try (Sink sink = ends.sink("rabbit://?routing_key=" + queue)) {
                List<Outcome> outcomes = sink.send(List.of(message("1"), message("2"), message("3")))
                        .await();
                assertThat(outcomes.getFirst()).isEqualTo(Outcome.Confirmed.YES);
                assertThat(outcomes.subList(1, 3))
                        .allSatisfy(outcome -> assertThat(failure(outcome)).isInstanceOf(TransientException.class));
                ends.next(queue);
                assertThat(sink.send(List.of(message("2"))).await()).containsExactly(Outcome.Confirmed.YES);
            }
        }
    }

    @Test
    void a_server_that_blocks_publishers_is_an_outage_that_says_why_and_ends() throws Exception {
        try (RabbitEnds ends = new RabbitEnds(strict)) {
            String queue = ends.queue();
            try (Sink sink = ends.sink("rabbit://?routing_key=" + queue)) {
                sink.connect();
                strict.control("set_vm_memory_high_watermark", "0.00001");
                try {
                    Outcome blocked =
                            sink.send(List.of(message("blocked"))).await().getFirst();
                    assertThat(failure(blocked))
                            .isInstanceOf(TransientException.class)
                            .hasRootCauseMessage("RabbitMQ blocks publishers: low on memory");
                } finally {
                    strict.control("set_vm_memory_high_watermark", "0.9");
                }
                assertThat(sink.send(List.of(message("free"))).await()).containsExactly(Outcome.Confirmed.YES);
                assertThat(ends.next(queue).getBody()).asString().isIn("blocked", "free"); // the first may have come
            }
        }
    }

    @Test
    void names_and_headers_that_do_not_fit_are_poison_and_the_channel_goes_on() throws Exception {
        try (RabbitEnds ends = new RabbitEnds(RabbitNode.shared())) {
            String queue = ends.queue();
            List<Message> batch = List.of(
                    message("x", Header.of("n".repeat(300), "v")),
                    message("x", Header.of("k", "k".repeat(256))),
                    message("x", Header.of("h", "v".repeat(200_000))),
                    message("good"));
            try (Sink sink = ends.sink("rabbit://?key_name=k&routing_key=" + queue)) {
                List<Outcome> outcomes = sink.send(batch).await();
                assertThat(failure(outcomes.get(0)))
                        .hasMessageContaining("300 bytes")
                        .hasMessageContaining("255");
                assertThat(failure(outcomes.get(1)))
                        .hasMessageContaining("256 bytes")
                        .hasMessageContaining("255");
                assertThat(failure(outcomes.get(2)))
                        .isInstanceOf(PoisonException.class)
                        .hasMessageContaining("131072");
                assertThat(outcomes.get(3)).isEqualTo(Outcome.Confirmed.YES);
                assertThat(sink.send(List.of(message("next"))).await()).containsExactly(Outcome.Confirmed.YES);
            }
            assertThat(new String(ends.next(queue).getBody(), StandardCharsets.UTF_8))
                    .isEqualTo("good");
        }
    }

    @Test
    void a_body_above_a_limit_that_only_the_server_knows_is_poison_and_does_not_loop() throws Exception {
        try (RabbitEnds ends = new RabbitEnds(strict)) {
            String queue = ends.queue();
            try (Sink sink = ends.sink("rabbit://?routing_key=" + queue)) {
                Message large = Message.of(Bytes.wrap(new byte[1001]));
                assertThat(failure(sink.send(List.of(large)).await().getFirst()))
                        .isInstanceOf(PoisonException.class)
                        .hasMessageContaining("1001")
                        .hasMessageContaining("1000");
                List<Outcome> outcomes =
                        sink.send(List.of(message("a"), large, message("b"))).await();
                assertThat(outcomes.get(0)).isEqualTo(Outcome.Confirmed.YES);
                assertThat(failure(outcomes.get(1))).isInstanceOf(PoisonException.class);
                assertThat(outcomes.get(2)).isEqualTo(Outcome.Confirmed.YES);
            }
        }
    }

    @Test
    void a_replaced_password_is_used_at_the_next_connect() throws Exception {
        RabbitNode node = RabbitNode.shared();
        Map<String, String> variables = new HashMap<>();
        variables.put("RABBIT_SERVER_URL", "amqp://guest:wr0ng@127.0.0.1:" + node.port());
        try (Sink sink = new RabbitAdapter()
                .sink(
                        RabbitEnds.endpoint(io.wasmpipes.Endpoint.Role.SINK, "rabbit://amq.fanout", variables),
                        RabbitEnds.context(io.wasmpipes.Limits.DEFAULT))) {
            assertThatThrownBy(sink::connect)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContaining("refuses the credentials")
                    .hasMessageNotContaining("wr0ng");
            variables.put("RABBIT_SERVER_URL", node.url());
            sink.connect();
        }
        try (Sink sink = RabbitEnds.sink("rabbit://amq.fanout", node.url() + "/no-such-host")) {
            assertThatThrownBy(sink::connect).hasMessageContaining("no-such-host");
        }
    }

    @Test
    void a_connection_is_encrypted_and_its_server_must_be_trusted() throws Exception {
        String url = "amqps://localhost:" + strict.tlsPort();
        assertThatThrownBy(() -> connect(Map.of("RABBIT_SERVER_URL", url)))
                .isInstanceOf(TransientException.class)
                .hasMessageContaining(url);
        connect(Map.of(
                "RABBIT_SERVER_URL",
                url,
                "TLS_CA_FILE",
                CERTIFICATE.certificate().toString()));
    }

    private static void connect(Map<String, String> variables) throws Exception {
        try (Sink sink = new RabbitAdapter()
                .sink(
                        RabbitEnds.endpoint(io.wasmpipes.Endpoint.Role.SINK, "rabbit://amq.fanout", variables),
                        RabbitEnds.context(io.wasmpipes.Limits.DEFAULT))) {
            sink.connect();
        }
    }
}
