package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A function over HTTP whose module asks a service: the answer is cached, the secret is the host's, the list holds. */
class LookupIT {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final int port = Ports.free();
    private HttpServer service;

    @BeforeEach
    void start() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", this::serve);
        service.start();
    }

    @AfterEach
    void stop() {
        service.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        asked.add(query + " " + exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] answer = "{\"zip\":\"1234\"}".getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(query.endsWith("Nowhere") ? 404 : 200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private PipeProcess lookup(String allowed) throws InterruptedException {
        return function("lookup", "MODULE_LOOKUP_CONFIG_URL", "?q={}", allowed);
    }

    private PipeProcess function(String module, String variable, String query, String allowed)
            throws InterruptedException {
        int at = service.getAddress().getPort();
        Map<String, String> variables = new HashMap<>();
        variables.put("SOURCE_URI", "http://127.0.0.1:" + port + "/address");
        variables.put("SINK_URI", "reply:");
        variables.put("WASM_MODULES", module);
        variables.put(variable, "http://localhost:" + at + "/search" + query);
        variables.put("WASM_ALLOW_HTTP", allowed.replace("PORT", Integer.toString(at)));
        variables.put("WASM_HTTP_SECRETS", "localhost Authorization: Bearer s3cr3t-word");
        variables.put("MANAGEMENT_HOST", "127.0.0.1");
        return PipeProcess.start(variables).ready();
    }

    @Test
    void the_second_question_does_not_reach_the_service() throws Exception {
        try (PipeProcess pipe = lookup("localhost:PORT")) {
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> answer = post(port, "/address", "Main Street 1");
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("{\"zip\":\"1234\"}");
                assertThat(answer.headers().firstValue("content-type")).contains("application/json");
            }
            assertThat(asked).containsExactly("q=Main Street 1 Bearer s3cr3t-word");
            assertThat(post(port, "/address", "Nowhere").statusCode()).isEqualTo(422);
            assertThat(PipeProcess.get(pipe.managementPort(), "/metrics").body())
                    .contains("module=\"lookup\",name=\"hits\"")
                    .contains("module=\"lookup\",name=\"http_requests\"")
                    .doesNotContain("s3cr3t");
            assertThat(String.join("\n", pipe.err())).doesNotContain("s3cr3t");
        }
    }

    @Test
    void a_host_off_the_list_is_refused_and_never_called() throws Exception {
        try (PipeProcess pipe = lookup("localhost")) { // its standard ports
            HttpResponse<String> answer = post(port, "/address", "Main Street 1");
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(answer.body()).contains("the service may not be called");
            assertThat(asked).isEmpty();
            pipe.says("is not among the hosts of WASM_ALLOW_HTTP");
        }
    }

    /** The address function of Otoroshi, as that gateway runs it. */
    private PipeProcess backend(String allowed) throws InterruptedException {
        return function("address", "MODULE_ADDRESS_CONFIG_URL", "", allowed);
    }

    @Test
    void a_function_of_otoroshi_asks_the_service_once() throws Exception {
        try (PipeProcess _ = backend("localhost:PORT")) {
            for (int i = 0; i < 2; i++) {
                HttpResponse<String> answer = PipeProcess.get(port, "/address?q=Main+Street+1");
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("{\"zip\":\"1234\"}");
                assertThat(answer.headers().firstValue("content-type")).contains("application/json");
            }
            assertThat(asked).containsExactly("q=Main Street 1 Bearer s3cr3t-word");
            assertThat(PipeProcess.get(port, "/address?q=Nowhere").statusCode()).isEqualTo(404);
            assertThat(PipeProcess.get(port, "/address").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void a_function_of_otoroshi_is_told_that_a_host_is_off_the_list() throws Exception {
        try (PipeProcess _ = backend("localhost")) { // its standard ports
            HttpResponse<String> answer = PipeProcess.get(port, "/address?q=Main+Street+1");
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("is not among the hosts of WASM_ALLOW_HTTP");
            assertThat(asked).isEmpty();
        }
    }
}
