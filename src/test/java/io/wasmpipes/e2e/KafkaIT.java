package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import io.wasmpipes.support.RawKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One pipe between two clusters. */
@Timeout(240)
class KafkaIT {
    @TempDir
    private Path folder;

    private final int management = Ports.free();

    @Test
    void two_clusters_with_different_passwords_are_joined_once_both_let_the_pipe_in() throws Exception {
        Path password = Files.writeString(folder.resolve("jaas"), KafkaNode.jaas("ann", "wr0ng-word"));
        try (KafkaNode from = KafkaNode.startSasl("ann", "f1rst-word");
                KafkaNode to = KafkaNode.startSasl("bob", "s3cond-word");
                RawKafka source = new RawKafka(from.direct());
                RawKafka sink = new RawKafka(to.direct())) {
            source.create("in", 1);
            sink.create("out", 1);
            source.write(List.of(new ProducerRecord<>("in", bytes("key"), bytes("hello"))));
            to.kill();
            try (PipeProcess pipe = PipeProcess.start(variables(from, to, password))) {
                Await.until("readiness says which ends are missing and why", () -> {
                    String body =
                            PipeProcess.get(management, "/healthz/readiness").body();
                    if (!body.contains("Kafka at " + from.brokers() + " refuses the credentials")
                            || !body.contains("Kafka at " + to.brokers())) {
                        throw new IllegalStateException(body);
                    }
                    return true;
                });
                to.restart();
                Files.writeString(password, KafkaNode.jaas("ann", "f1rst-word"));
                pipe.ready();
                assertThat(sink.read("out", 1)).singleElement().satisfies(record -> {
                    assertThat(record.value()).isEqualTo(bytes("HELLO"));
                    assertThat(record.key()).isEqualTo(bytes("key"));
                });
                assertThat(pipe.terminate().exitCode()).isZero();
                assertThat(String.join("\n", pipe.err()))
                        .doesNotContain("-word")
                        .doesNotContain("\tat ");
            }
        }
    }

    private Map<String, String> variables(KafkaNode from, KafkaNode to, Path password) {
        Map<String, String> variables = new HashMap<>();
        variables.put("SOURCE_URI", "kafka://group?offset=oldest&topic=in");
        variables.put("SOURCE_KAFKA_BROKERS", from.brokers());
        variables.put("SOURCE_KAFKA_OPT_SASL_JAAS_CONFIG_FILE", password.toString());
        variables.put("SINK_URI", "kafka://out");
        variables.put("SINK_KAFKA_BROKERS", to.brokers());
        variables.put("SINK_KAFKA_OPT_SASL_JAAS_CONFIG", KafkaNode.jaas("bob", "s3cond-word"));
        variables.put("KAFKA_OPT_SECURITY_PROTOCOL", "SASL_PLAINTEXT");
        variables.put("KAFKA_OPT_SASL_MECHANISM", "PLAIN");
        variables.put("WASM_MODULES", "uppercase.wasm");
        variables.put("MANAGEMENT_PORT", Integer.toString(management));
        return variables;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
