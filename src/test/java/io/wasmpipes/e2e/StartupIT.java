package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import io.wasmpipes.support.RabbitNode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A pipe starts whatever the state of its brokers is: it says what it waits for, and connects when it can. */
class StartupIT {
    private static final String SECRET = "s3cr3t-w0rd";

    private static PipeProcess start(Map<String, String> broker, int port) {
        Map<String, String> variables = new HashMap<>(broker);
        variables.putIfAbsent("SINK_URI", "stdout:");
        variables.put("MANAGEMENT_HOST", "127.0.0.1");
        variables.put("MANAGEMENT_PORT", Integer.toString(port));
        variables.put("RETRY_MAX_INTERVAL", "1s");
        return PipeProcess.start(variables);
    }

    /** The body of a readiness that is not given, once it holds all of {@code words}. */
    private static String unready(PipeProcess pipe, int port, String... words) throws Exception {
        String[] body = {""};
        Await.until("unready with " + List.of(words) + ", stderr: " + pipe.err(), () -> {
            HttpResponse<String> answer = PipeProcess.get(port, "/healthz/readiness");
            body[0] = answer.body();
            return answer.statusCode() == 503 && List.of(words).stream().allMatch(body[0]::contains);
        });
        return body[0];
    }

    private static void checkQuiet(PipeProcess pipe) {
        assertThat(pipe.alive()).isTrue();
        assertThat(pipe.err()).noneMatch(line -> line.contains("\tat ") || line.contains(SECRET));
    }

    /** Waits while {@code down} is not there, and connects once it is. */
    private static void waits(Map<String, String> source, AutoCloseable comes) throws Exception {
        int port = Ports.free();
        try (PipeProcess pipe = start(source, port)) {
            unready(pipe, port, "source");
            checkQuiet(pipe);
            comes.close();
            pipe.ready();
            checkQuiet(pipe);
        }
    }

    @Test
    void a_broker_that_is_down_is_named_and_awaited() throws Exception {
        Together.run(StartupIT::awaitNats, StartupIT::awaitKafka, StartupIT::awaitRabbit);
    }

    private static void awaitNats() throws Exception {
        try (NatsServer server = NatsServer.start()) {
            server.kill();
            waits(Map.of("SOURCE_URI", "nats://in", "NATS_SERVER_URL", server.url()), server::restart);
        }
    }

    private static void awaitKafka() throws Exception {
        try (KafkaNode node = KafkaNode.start();
                KafkaSite site = new KafkaSite(node, "in", 1)) {
            node.kill();
            waits(site.asSource(), node::restart);
        }
    }

    private static void awaitRabbit() throws Exception {
        try (RabbitNode node = RabbitNode.start()) {
            new RabbitSite(node, "in", false).close();
            node.kill();
            waits(Map.of("SOURCE_URI", "rabbit://in", "RABBIT_SERVER_URL", node.url()), node::restart);
        }
    }

    @Test
    void a_host_that_does_not_exist_is_told_within_seconds() throws Exception {
        Together.run(
                () -> tellsHost(
                        Map.of("SOURCE_URI", "kafka://g?topic=t", "KAFKA_BROKERS", "no-such-host.invalid:9092")),
                () -> tellsHost(Map.of("SOURCE_URI", "rabbit://q", "RABBIT_SERVER_URL", "amqp://no-such-host.invalid")),
                () -> tellsHost(
                        Map.of("SOURCE_URI", "nats://s", "NATS_SERVER_URL", "nats://no-such-host.invalid:4222")));
    }

    private static void tellsHost(Map<String, String> source) throws Exception {
        int port = Ports.free();
        try (PipeProcess pipe = start(source, port)) {
            unready(pipe, port, "source", "no-such-host.invalid");
            checkQuiet(pipe);
        }
    }

    @Test
    void a_wrong_password_is_told_and_a_replaced_file_mends_it_without_a_restart() throws Exception {
        Path file = Folders.fresh("secret").resolve("url");
        try (RabbitNode node = RabbitNode.start()) {
            new RabbitSite(node, "in", false).close();
            Files.writeString(file, "amqp://guest:" + SECRET + "@127.0.0.1:" + node.port());
            int port = Ports.free();
            Map<String, String> source = Map.of("SOURCE_URI", "rabbit://in", "RABBIT_SERVER_URL_FILE", file.toString());
            try (PipeProcess pipe = start(source, port)) {
                assertThat(unready(pipe, port, "source", "refuse")).doesNotContain(SECRET);
                checkQuiet(pipe);
                Files.writeString(file, node.url());
                pipe.ready();
                checkQuiet(pipe);
            }
        }
    }
}
