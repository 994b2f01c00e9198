package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wasmpipes.Header;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.support.Wat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a plug-in of Otoroshi is told, and what its answers mean. */
class OtoroshiTest extends OtoroshiGuest {
    @Test
    void the_context_has_the_request_its_body_and_the_configuration() throws Exception {
        Stage stage = guests.open(
                plugin("call_backend", LOG + ERROR, "x", "(call $error (call $inoff))"), Map.of("Url", "u"));
        JsonNode context = new ObjectMapper().readTree(reason(stage, request("hé")));
        JsonNode request = context.path("request");
        assertThat(request.path("method").asText()).isEqualTo("PUT");
        assertThat(request.path("path").asText()).isEqualTo("/a/b");
        assertThat(request.path("query").toString()).isEqualTo("{\"q\":[\"x y\",\"z\"],\"e\":[\"\"]}");
        assertThat(request.path("headers").toString()).isEqualTo("{\"X-One\":\"1\",\"x-one\":\"1\"}");
        assertThat(request.path("has_body").asBoolean()).isTrue();
        assertThat(context.path("config").toString()).isEqualTo("{\"url\":\"u\"}");
        assertThat(context.path("request_body_bytes").toString()).isEqualTo("[104,195,169]");
    }

    @Test
    void a_backend_answers_with_status_headers_and_body() throws Exception {
        String[][] bodies = {
            {"\"body_str\":\"b\"", "b"},
            {"\"body\":\"b\"", "b"},
            {"\"body_json\":{\"a\":1}", "{\"a\":1}"},
            {"\"body_base64\":\"aGk=\"", "hi"},
            {"\"body_bytes\":[104,-61,169]", "hé"},
            {"\"body_str\":\"\"", ""}
        };
        for (String[] each : bodies) {
            Stage stage = answering(
                    "call_backend", "{\"status\":404,\"headers\":{\"Content-Type\":\"text/plain\"}," + each[0] + "}");
            Message output = guests.run(stage, request("in")).getFirst();
            assertThat(output.body().utf8()).isEqualTo(each[1]);
            assertThat(output.headers().list())
                    .containsExactly(Header.of("Content-Type", "text/plain"), Header.of("status", "404"));
        }
        Stage delegated = answering("call_backend", "{\"delegates_call\":true}");
        assertThat(guests.run(delegated, request("in")).getFirst().headers())
                .isEqualTo(request("in").headers());
    }

    @Test
    void access_is_given_or_refused_and_a_route_that_does_not_match_drops() throws Exception {
        assertThat(bodies(guests.run(answering("access", "{\"result\":true}"), "in")))
                .containsExactly("in");
        Stage refusing = answering("access", "{\"result\":false,\"error\":{\"message\":\"go away\",\"status\":401}}");
        assertThatThrownBy(() -> guests.run(refusing, "in"))
                .isInstanceOf(PoisonException.class)
                .hasMessage("401 go away");
        assertThat(guests.run(answering("matches_route", "{\"result\":false}"), "in"))
                .isEmpty();
        assertThat(bodies(guests.run(answering("pre_route", "{\"error\":false}"), "in")))
                .containsExactly("in");
        Stage early = answering("pre_route", "{\"error\":true,\"status\":403,\"body_str\":\"no key\"}");
        assertThatThrownBy(() -> guests.run(early, "in")).hasMessage("403 no key");
    }

    @Test
    void a_transformed_request_keeps_what_is_not_changed() throws Exception {
        Stage headers = answering("transform_request", "{\"headers\":{\"X-Two\":\"2\"},\"url\":\"http://h/c?d=1\"}");
        Message output = guests.run(headers, request("in")).getFirst();
        assertThat(output.body().utf8()).isEqualTo("in");
        assertThat(output.headers().list())
                .containsExactlyInAnyOrder(
                        Header.of("X-Two", "2"),
                        Header.of("http-method", "PUT"),
                        Header.of("http-path", "/c"),
                        Header.of("http-query", "d=1"));
        Stage body = answering("transform_response", "{\"status\":202,\"body_str\":\"out\"}");
        Message response = guests.run(body, request("in")).getFirst();
        assertThat(response.body().utf8()).isEqualTo("out");
        assertThat(response.headers().first("X-One")).contains("1");
        assertThat(response.headers().first("status")).contains("202");
    }

    @Test
    void what_is_no_answer_is_poison() throws Exception {
        assertThatThrownBy(() -> guests.run(answering("call_backend", "nothing"), "in"))
                .isInstanceOf(PoisonException.class)
                .hasMessage("answered something that is no JSON object");
        assertThatThrownBy(() -> guests.run(answering("access", "{\"status\":200,\"body_bytes\":[300]}"), "in"))
                .hasMessage("answered with body_bytes that are none");
    }

    @Test
    void a_plug_in_that_asks_nothing_of_the_gateway_is_told_by_its_configuration() throws Exception {
        ModuleImage image = ModuleImage.of(
                "guest.wasm", Wat.module(plugin("wasmBackend", "", "{\"status\":200,\"body_str\":\"x\"}", """
                        (call $output (local.get $at) (local.get $n))""")));
        Stage forced = guests.open(new ModuleSpec("guest", image, Map.of(), "otoroshi", null, GuestStage.LIMITS));
        assertThat(bodies(guests.run(forced, "in"))).containsExactly("x");
        Stage plain = guests.open(new ModuleSpec("guest", image, Map.of(), null, null, GuestStage.LIMITS));
        assertThat(bodies(guests.run(plain, "in"))).containsExactly("{\"status\":200,\"body_str\":\"x\"}");
    }
}
