package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Message;
import io.nats.client.Subscription;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Chains of modules in the packaged process, looked at by a raw client on the other side. */
class ChainIT {

    private final Map<String, String> variables = new HashMap<>();
    private final int port = Ports.free();

    /** What comes out of the pipe when {@code bodies} go in. */
    private List<Message> through(int expected, String... bodies) throws Exception {
        try (NatsServer server = NatsServer.start();
                Nats nats = new Nats(server)) {
            Subscription out = nats.connection().subscribe("out");
            nats.connection().flush(Await.PATIENCE);
            variables.put("SOURCE_URI", "http://127.0.0.1:" + port + "/events");
            variables.put("SINK_URI", "nats://out");
            variables.put("NATS_SERVER_URL", server.url());
            variables.put("MANAGEMENT_PORT", "off");
            try (PipeProcess pipe = PipeProcess.start(variables).ready()) {
                for (String body : bodies) {
                    assertThat(post(port, "/events", body).statusCode()).isEqualTo(200);
                }
                List<Message> messages = new ArrayList<>();
                while (messages.size() < expected) {
                    Message next = out.nextMessage(Await.PATIENCE);
                    assertThat(next)
                            .as("message %s, stderr: %s", messages.size(), pipe.err())
                            .isNotNull();
                    messages.add(next);
                }
                assertThat(pipe.terminate().exitCode()).isZero();
                assertThat(out.getPendingMessageCount()).isZero();
                return messages;
            }
        }
    }

    private static String body(Message message) {
        return new String(message.getData(), StandardCharsets.UTF_8);
    }

    @Test
    void two_aliases_of_one_module_have_a_configuration_each() throws Exception {
        variables.put("WASM_MODULES", "first,second");
        variables.put("MODULE_FIRST_URI", "tag.wasm");
        variables.put("MODULE_FIRST_CONFIG_HEADER", "X-First");
        variables.put("MODULE_FIRST_CONFIG_VALUE", "one");
        variables.put("MODULE_SECOND_URI", "tag.wasm");
        variables.put("MODULE_SECOND_CONFIG_HEADER", "X-Second");
        variables.put("MODULE_SECOND_CONFIG_VALUE", "two");
        Message out = through(1, "hello").getFirst();
        assertThat(body(out)).isEqualTo("hello");
        assertThat(out.getHeaders().get("X-First")).containsExactly("one");
        assertThat(out.getHeaders().get("X-Second")).containsExactly("two");
    }

    @Test
    void modules_of_both_abis_stand_in_one_chain() throws Exception {
        variables.put("WASM_MODULES", "hot.wasm | tag.wasm?header=X-Passed&value=hot | uppercase.wasm");
        List<Message> out =
                through(2, "{\"temp\":41,\"at\":\"a\"}", "{\"temp\":39,\"at\":\"b\"}", "{\"temp\":45,\"at\":\"c\"}");
        assertThat(out)
                .extracting(ChainIT::body)
                .containsExactly("{\"TEMP\":41,\"AT\":\"A\"}", "{\"TEMP\":45,\"AT\":\"C\"}");
        assertThat(out).allMatch(message -> message.getHeaders().get("X-Passed").equals(List.of("hot")));
    }
}
