package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.support.Wat;
import io.wasmpipes.wasm.http.HttpCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plug-ins of the gateway Otoroshi, written in text; modules/address is one by Extism's own kit. */
class OtoroshiTest {
    private static final String IMPORTS = """
            (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "extism:host/env" "length" (func $length (param i64) (result i64)))
            (import "extism:host/env" "store_u8" (func $store8 (param i64 i32)))
            (import "extism:host/env" "input_length" (func $inlen (result i64)))
            (import "extism:host/env" "input_offset" (func $inoff (result i64)))
            (import "extism:host/env" "output_set" (func $output (param i64 i64)))
            """;

    private final List<HttpCalls.Call> made = new ArrayList<>();
    private HttpCalls.Answer answer = new HttpCalls.Reply(201, List.of(Header.of("x-a", "b")), Bytes.utf8("hi"));
    private GuestStage guests;

    @BeforeEach
    void open(@TempDir Path folder) {
        guests = new GuestStage(folder, call -> {
            made.add(call);
            return answer;
        });
    }

    @AfterEach
    void close() {
        guests.close();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** A plug-in whose function puts {@code text} where the gateway can read it, and runs {@code body} with it at $at, $n long. */
    private static String plugin(String function, String imports, String text, String body) {
        return """
                (module %s
                (memory (export "memory") 1)
                (data (i32.const 64) "%s")
                (func $put (result i64) (local $i i32) (local $o i64)
                  (local.set $o (call $alloc (i64.const %d)))
                  (loop $more
                    (call $store8 (i64.add (local.get $o) (i64.extend_i32_u (local.get $i)))
                      (i32.load8_u (i32.add (i32.const 64) (local.get $i))))
                    (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const %d))))
                  (local.get $o))
                (func (export "%s") (result i32) (local $at i64) (local $n i64) (local $r i64)
                  (local.set $at (call $put)) (local.set $n (i64.const %d))
                  %s (i32.const 0)))""".formatted(
                        IMPORTS + imports, escaped(text), text.length(), text.length(), function, text.length(), body);
    }

    private static final String LOG = "(import \"env\" \"proxy_log\" (func $log (param i32 i64 i64) (result i32)))";

    private static final String ERROR = "(import \"extism:host/env\" \"error_set\" (func $error (param i64)))";

    /** One that answers with this. */
    private Stage answering(String function, String json) throws ConfigException {
        return guests.open(plugin(function, LOG, json, "(call $output (local.get $at) (local.get $n))"));
    }

    /** One that answers with the status 200 and what one of the gateway's functions says to this text. */
    private Stage asking(String name, String text) throws ConfigException {
        String imports = "(import \"env\" \"%s\" (func $f (param i64 i64) (result i64)))".formatted(name);
        return guests.open(plugin("transform_request", imports, text, """
                (local.set $r (call $f (local.get $at) (local.get $n)))
                (call $output (local.get $r) (call $length (local.get $r)))"""));
    }

    private static Message request(String body) {
        return Message.of(Bytes.utf8(body))
                .withHeaders(Headers.of(List.of(
                        Header.of("http-method", "PUT"),
                        Header.of("http-path", "/a/b"),
                        Header.of("http-query", "q=x%20y&q=z&e"),
                        Header.of("X-One", "1"))));
    }

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

    private String reason(Stage stage, Message message) {
        try {
            throw new AssertionError(guests.run(stage, message));
        } catch (Exception e) {
            return String.valueOf(e.getMessage());
        }
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
    void maps_and_datastores_are_in_the_cache() throws Exception {
        run("proxy_plugin_map_set", "{\"key\":\"k\",\"value\":\"{\\\"body_str\\\":\\\"mine\\\"}\"}");
        run("proxy_global_map_set", "{\"key\":\"k\",\"value\":\"{\\\"body_str\\\":\\\"all\\\"}\"}");
        run("proxy_datastore_set", "{\"key\":\"d\",\"value_base64\":\"MQ==\",\"ttl\":1000}");
        run("proxy_plugin_datastore_setnx", "{\"key\":\"d\",\"value\":\"2\"}");
        run("proxy_plugin_datastore_setnx", "{\"key\":\"d\",\"value\":\"3\"}");
        run("proxy_datastore_incrby", "{\"key\":\"d\",\"incr\":4}");
        assertThat(guests.memory.texts())
                .isEqualTo(Map.of(
                        "guest/map/k", "{\"body_str\":\"mine\"}",
                        "map/k", "{\"body_str\":\"all\"}",
                        "d", "5",
                        "guest/d", "2"));
        assertThat(bodies(guests.run(asking("proxy_plugin_map_get", "k"), "in")))
                .containsExactly("mine");
        assertThat(bodies(guests.run(asking("proxy_global_map_get", "k"), "in")))
                .containsExactly("all");
        run("proxy_plugin_datastore_pexpire", "{\"key\":\"d\",\"pttl\":1000}");
        run("proxy_datastore_pexpire", "{\"key\":\"absent\",\"pttl\":1000}");
        guests.memory.pass(Duration.ofSeconds(2));
        assertThat(guests.memory.texts()).containsOnlyKeys("guest/map/k", "map/k", "d");
        run("proxy_plugin_map_del", "k");
        run("proxy_datastore_del", "{\"keys\":[\"d\",\"absent\"]}");
        assertThat(guests.memory.texts()).containsOnlyKeys("map/k");
        assertThatThrownBy(() -> run("proxy_datastore_set", "{\"value\":\"x\"}"))
                .hasMessage("used a datastore without a key");
        assertThatThrownBy(() -> run("proxy_datastore_set", "k"))
                .hasMessage("called proxy_datastore_set with something that is no JSON object");
    }

    /** Calls a function whose answer does not matter. */
    private void run(String name, String text) throws Exception {
        String imports = "(import \"env\" \"%s\" (func $f (param i64 i64) (result i64)))".formatted(name);
        guests.run(guests.open(plugin("go", imports, text, """
                (drop (call $f (local.get $at) (local.get $n)))
                (call $output (call $inoff) (call $inlen))""")), "in");
    }

    @Test
    void requests_go_out_as_they_are_described_and_replies_come_back() throws Exception {
        Stage stage = asking(
                "proxy_http_call",
                "{\"method\":\"POST\",\"url\":\"http://api.test/a\",\"headers\":{\"X-Q\":\"1\"},\"query\":{\"q\":\"a b&c\"},\"body_str\":\"in\"}");
        Message output = guests.run(stage, request("in")).getFirst();
        assertThat(output.body().utf8()).isEqualTo("hi");
        assertThat(output.headers().list()).containsExactly(Header.of("x-a", "b"), Header.of("status", "201"));
        HttpCalls.Call call = made.getFirst();
        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.uri()).hasToString("http://api.test/a?q=a%20b%26c");
        assertThat(call.headers()).containsExactly(Header.of("X-Q", "1"));
        assertThat(call.body().utf8()).isEqualTo("in");
    }

    @Test
    void a_host_that_is_not_allowed_is_a_reply_and_one_that_is_away_a_retry() throws Exception {
        Stage stage = asking("proxy_http_call", "{\"url\":\"http://api.test/\"}");
        answer = new HttpCalls.Failure(HttpCalls.Reason.NOT_ALLOWED, "not on the list");
        Message output = guests.run(stage, "in").getFirst();
        assertThat(output.headers().first("status")).contains("403");
        assertThat(output.body().utf8()).isEqualTo("not on the list");
        answer = new HttpCalls.Failure(HttpCalls.Reason.UNREACHABLE, "away");
        assertThatThrownBy(() -> guests.run(stage, "in")).isInstanceOf(TransientException.class);
    }

    @Test
    void what_only_the_gateway_knows_is_not_there_and_named() {
        assertThatThrownBy(() -> run("proxy_state_value", "{}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("env.proxy_state_value");
    }

    @Test
    void without_the_capability_requests_are_refused_at_the_start(@TempDir Path folder) {
        try (GuestStage sealed = new GuestStage(folder)) {
            String imports = "(import \"env/Otoroshi\" \"proxy_http_call\" (func $f (param i64 i64) (result i64)))";
            assertThatThrownBy(() -> sealed.open(plugin("go", imports, "x", "")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("WASM_ALLOW_HTTP");
        }
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
