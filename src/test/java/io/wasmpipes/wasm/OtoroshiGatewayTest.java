package io.wasmpipes.wasm;

import static io.wasmpipes.wasm.GuestStage.bodies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Header;
import io.wasmpipes.Message;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.http.HttpCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a plug-in of Otoroshi may ask of its gateway. */
class OtoroshiGatewayTest extends OtoroshiGuest {
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
}
