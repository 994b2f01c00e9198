package io.wasmpipes.adapter.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.Pem;
import io.wasmpipes.support.Ports;
import io.wasmpipes.support.RawKafka;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Getting in, and being told why not. */
@Timeout(180)
class KafkaLoginTest {
    private static KafkaNode node;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        node = KafkaNode.startSasl("me", "r1ght-word");
        try (RawKafka raw = new RawKafka(node.direct())) {
            raw.create("t", 1);
        }
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Map<String, String> login(String password) {
        return new HashMap<>(Map.of(
                "KAFKA_BROKERS",
                node.brokers(),
                "KAFKA_OPT_SECURITY_PROTOCOL",
                "SASL_PLAINTEXT",
                "KAFKA_OPT_SASL_MECHANISM",
                "PLAIN",
                "KAFKA_OPT_SASL_JAAS_CONFIG",
                KafkaNode.jaas("me", password)));
    }

    private static void assertRefused(Map<String, String> variables, String... words) throws Exception {
        try (Sink sink = KafkaTests.sink("kafka://t", variables);
                Source source = KafkaTests.source("kafka://g?topic=t", variables)) {
            for (org.assertj.core.api.ThrowableAssert.ThrowingCallable connect :
                    List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(sink::connect, source::connect)) {
                long start = System.nanoTime();
                assertThatThrownBy(connect).isInstanceOfSatisfying(TransientException.class, e -> {
                    assertThat(e.scope()).isEqualTo(TransientException.Scope.OUTAGE);
                    assertThat(e).hasMessageContainingAll(words);
                    StringWriter trace = new StringWriter();
                    e.printStackTrace(new PrintWriter(trace));
                    assertThat(trace.toString()).doesNotContain("-word");
                });
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            }
        }
    }

    private static void assertConnects(Map<String, String> variables) throws Exception {
        try (Sink sink = KafkaTests.sink("kafka://t", variables);
                Source source = KafkaTests.source("kafka://g" + Ports.free() + "?offset=oldest&topic=t", variables)) {
            sink.connect();
            assertThat(sink.send(List.of(KafkaTests.message("x"))).await()).containsExactly(Outcome.Confirmed.YES);
            source.connect();
            assertThat(KafkaTests.take(source, 1)).isNotEmpty();
        }
    }

    @Test
    void a_wrong_password_is_told_within_seconds_and_without_it() throws Exception {
        assertRefused(login("wr0ng-word"), "refuses the credentials", node.brokers());
    }

    @Test
    void a_login_that_nobody_can_read_is_told_without_it() throws Exception {
        Map<String, String> broken = login("x");
        broken.put("KAFKA_OPT_SASL_JAAS_CONFIG", "PlainLoginModule required password=hidden-word");
        assertRefused(broken, "Kafka at " + node.brokers());
    }

    @Test
    void no_login_where_one_is_wanted_is_told() throws Exception {
        assertRefused(Map.of("KAFKA_BROKERS", node.brokers()), "does not answer", "KAFKA_OPT_SECURITY_PROTOCOL");
    }

    @Test
    void a_broker_that_is_not_there_and_a_host_that_nobody_knows_are_told() throws Exception {
        assertRefused(Map.of("KAFKA_BROKERS", "127.0.0.1:" + Ports.free()), "does not answer", "refused");
        assertRefused(Map.of("KAFKA_BROKERS", "no-such-host.invalid:9092"), "no-such-host.invalid", "unknown host");
    }

    @Test
    void a_replaced_password_is_used_without_a_restart() throws Exception {
        Map<String, String> variables = login("wr0ng-word");
        try (Sink sink = KafkaTests.sink("kafka://t", variables);
                Source source = KafkaTests.source("kafka://replaced?offset=oldest&topic=t", variables)) {
            assertThatThrownBy(sink::connect).hasMessageContaining("refuses the credentials");
            assertThatThrownBy(() -> source.receive(KafkaTests.ANY)).hasMessageContaining("refuses the credentials");
            variables.put("KAFKA_OPT_SASL_JAAS_CONFIG", KafkaNode.jaas("me", "r1ght-word"));
            assertThat(sink.send(List.of(KafkaTests.message("x"))).await()).containsExactly(Outcome.Confirmed.YES);
            assertThat(KafkaTests.take(source, 1)).isNotEmpty();
        }
        assertConnects(login("r1ght-word"));
    }

    @Test
    void a_connection_is_encrypted_with_pem_files_and_its_server_must_be_trusted() throws Exception {
        Pem.Pair server = Pem.selfSigned(folder, "server");
        Pem.Pair client = Pem.selfSigned(folder, "client");
        Map<String, String> broker = Map.of(
                "listener.security.protocol.map", "CLIENT:SSL,DIRECT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "listener.name.client.ssl.keystore.type", "PEM",
                "listener.name.client.ssl.keystore.certificate.chain", line(server.certificate()),
                "listener.name.client.ssl.keystore.key", line(server.key()),
                "listener.name.client.ssl.truststore.type", "PEM",
                "listener.name.client.ssl.truststore.certificates", line(client.certificate()),
                "listener.name.client.ssl.client.auth", "required");
        try (KafkaNode tls = KafkaNode.start(broker);
                RawKafka raw = new RawKafka(tls.direct())) {
            raw.create("t", 1);
            Map<String, String> right = new HashMap<>(Map.of(
                    "KAFKA_BROKERS", tls.brokers(),
                    "TLS_CA_FILE", server.certificate().toString(),
                    "TLS_CERT_FILE", client.certificate().toString(),
                    "TLS_KEY_FILE", client.key().toString()));
            assertConnects(right);
            right.put("TLS_CA_FILE", client.certificate().toString());
            assertRefused(right, "TLS", tls.brokers());
        }
    }

    private static String line(Path file) throws Exception {
        return Files.readString(file).strip().replace("\n", "\\n");
    }

    @Test
    void what_is_lost_while_running_is_an_outage_that_ends() throws Exception {
        Map<String, String> right = login("r1ght-word");
        try (Source source = KafkaTests.source("kafka://lost?offset=oldest&topic=t", right)) {
            source.connect();
            node.proxy().refuse();
            Await.until("it is told", () -> {
                try {
                    source.receive(KafkaTests.ANY);
                    return false;
                } catch (TransientException e) {
                    return String.valueOf(e.getMessage()).contains("connection to Kafka at " + node.brokers());
                }
            });
            node.proxy().heal();
            Await.until("it is over", () -> source.receive(KafkaTests.ANY) != null);
        }
    }
}
