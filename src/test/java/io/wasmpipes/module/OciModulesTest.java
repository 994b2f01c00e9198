package io.wasmpipes.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Variables;
import io.wasmpipes.support.DockerRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules pushed to and pulled from a real registry. */
class OciModulesTest {
    private static final String CAMEL = "application/vnd.module.wasm.content.layer.v1+wasm";
    private static final ModuleImage HOT = ModuleImage.of("hot.wasm", Bytes.utf8("\0asm hot"));
    private static DockerRegistry registry;
    private static DockerRegistry locked;

    @TempDir
    private Path state;

    @TempDir
    private Path docker;

    @BeforeAll
    static void start() {
        registry = DockerRegistry.start();
        locked = DockerRegistry.startWithLogin();
    }

    @AfterAll
    static void stop() {
        registry.close();
        locked.close();
    }

    private Places places() {
        return new Places("file:.", List.of(registry.address(), locked.address()), docker, Variables.NONE);
    }

    private String push(DockerRegistry to, String name) throws ConfigException {
        return new OciPush(places()).push(HOT, "oci://" + to.address() + "/" + name);
    }

    private ModuleImage load(String reference) throws ConfigException {
        return new AnyModules(places(), state).load("WASM_MODULES", reference);
    }

    private static int status(String method, String path, String type, String body) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://" + registry.address() + "/v2/" + path);
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .header("Content-Type", type)
                    .method(method, BodyPublishers.ofString(body))
                    .build();
            return client.send(request, BodyHandlers.ofString()).statusCode();
        }
    }

    private static void manifest(String repository, String layers) throws Exception {
        ModuleImage config = ModuleImage.of(
                "",
                Bytes.utf8(
                        "{\"architecture\":\"wasm\",\"os\":\"wasip1\",\"layerDigests\":[\"" + HOT.digest() + "\"]}"));
        String body = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
                 "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
                 "layers":[%s]}""".formatted(config.digest(), config.bytes().length(), layers);
        assertThat(status("PUT", repository + "/manifests/1", OciModules.MANIFEST, body))
                .isEqualTo(201);
    }

    private static String layer(String type, String title) {
        return """
                {"mediaType":"%s","digest":"%s","size":%d,"annotations":{"org.opencontainers.image.title":"%s"}}""".formatted(type, HOT.digest(), HOT.bytes().length(), title);
    }

    @Test
    void what_is_pushed_is_pulled_by_tag_and_by_digest() throws Exception {
        String pinned = push(registry, "me/hot:1");
        assertThat(pinned).matches("oci://localhost:\\d+/me/hot:1@sha256:[0-9a-f]{64}");
        assertThat(push(registry, "me/hot:1")).isEqualTo(pinned);
        assertThat(load("oci://" + registry.address() + "/me/hot:1")).isEqualTo(HOT);
        assertThat(load(pinned)).isEqualTo(HOT);
        assertThat(load(pinned + "#hot.wasm")).isEqualTo(HOT);
    }

    @Test
    void what_was_pulled_is_there_while_the_registry_is_away() throws Exception {
        try (DockerRegistry away = DockerRegistry.start()) {
            Places places = new Places("file:.", List.of(away.address()), docker, Variables.NONE);
            String tag = "oci://" + away.address() + "/me/hot:1";
            String pinned = new OciPush(places).push(HOT, tag);
            AnyModules modules = new AnyModules(places, state);
            modules.load("m", tag);
            modules.load("m", pinned);
            away.kill();
            assertThat(modules.load("m", tag).bytes()).isEqualTo(HOT.bytes());
            assertThat(modules.load("m", pinned).bytes()).isEqualTo(HOT.bytes());
            assertThatThrownBy(() -> modules.load("m", "oci://" + away.address() + "/me/cold:1"))
                    .hasMessageContaining("must be there to be pulled")
                    .hasMessageContaining("cannot be reached");
        }
    }

    @Test
    void layers_of_camel_go_are_chosen_by_their_title() throws Exception {
        push(registry, "camel/etl");
        manifest("camel/etl", layer(CAMEL, "etl/to_lower.wasm") + "," + layer(CAMEL, "etl/to_upper.wasm"));
        String reference = "oci://" + registry.address() + "/camel/etl:1";
        assertThat(load(reference + "#etl/to_upper.wasm").name()).isEqualTo("etl/to_upper.wasm");
        assertThatThrownBy(() -> load(reference))
                .hasMessageContaining("choose one of its modules with #TITLE: etl/to_lower.wasm, etl/to_upper.wasm");
        assertThatThrownBy(() -> load(reference + "#other.wasm")).hasMessageContaining("etl/to_lower.wasm");
    }

    @Test
    void a_layer_that_is_kept_is_not_downloaded_again() throws Exception {
        String reference = "oci://" + registry.address() + "/me/once:1";
        push(registry, "me/once:1");
        Path kept = state.resolve("modules").resolve(HOT.digest().replace(':', '-') + ".wasm");
        assertThat(load(reference)).isEqualTo(HOT);
        assertThat(kept).hasBinaryContent(HOT.bytes().toArray());
        assertThat(status("DELETE", "me/once/blobs/" + HOT.digest(), "text/plain", ""))
                .isEqualTo(202);
        assertThat(load(reference)).isEqualTo(HOT);
        Files.delete(kept);
        assertThatThrownBy(() -> load(reference)).hasMessageContaining("for layer " + HOT.digest());
    }

    @Test
    void a_proxy_that_is_none_is_told() {
        Places places = new Places("file:.", List.of(), docker, new Given(Map.of("HTTPS_PROXY", "http://bad host")));
        assertThatThrownBy(() -> new AnyModules(places, state))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("HTTPS_PROXY: must be http://HOST:PORT");
    }

    @Test
    void a_container_image_is_no_module() throws Exception {
        push(registry, "some/image");
        manifest("some/image", layer("application/vnd.oci.image.layer.v1.tar+gzip", ""));
        assertThatThrownBy(() -> load("oci://" + registry.address() + "/some/image:1"))
                .hasMessageContaining("a container image is none");
    }

    @Test
    void logins_are_those_of_docker() throws Exception {
        assertThatThrownBy(() -> push(locked, "me/hot:1"))
                .hasMessageContaining("wants a login; docker's config.json has none for " + locked.address());
        logIn("{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}", "me:wrong");
        assertThatThrownBy(() -> push(locked, "me/hot:1")).hasMessageContaining("401");
        logIn("{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}", "me:s3cr3t");
        assertThat(load(push(locked, "me/hot:1"))).isEqualTo(HOT);
        logIn("{\"auths\":", "");
        assertThatThrownBy(() -> push(locked, "me/hot:2")).hasMessageContaining("config.json is no JSON");
    }

    @Test
    void a_helper_program_of_docker_gives_the_login() throws Exception {
        Path helper = Path.of("docker-credential-wasm-pipes-test");
        Path there = Path.of(System.getProperty("java.io.tmpdir")).resolve(helper);
        logIn("{\"credHelpers\":{\"%s\":\"../../" + there + "\"}}", "");
        assertThatThrownBy(() -> push(locked, "me/hot:3")).hasMessageContaining("which is no program's name");
        logIn("{\"credHelpers\":{\"%s\":\"wasm-pipes-none\"}}", "");
        assertThatThrownBy(() -> push(locked, "me/hot:3")).hasMessageContaining("docker-credential-wasm-pipes-none");
    }

    private void logIn(String config, String login) throws Exception {
        String encoded = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
        Files.writeString(docker.resolve("config.json"), config.formatted(locked.address(), encoded));
    }

    @Test
    void a_reference_that_is_none_is_told() {
        for (String wrong : List.of("oci://x", "oci://host/UPPER", "oci://host/a@sha256:12", "oci:///a")) {
            assertThatThrownBy(() -> load(wrong)).hasMessageContaining("must be oci://REGISTRY/REPOSITORY");
        }
        assertThatThrownBy(() -> push(registry, "me/none@sha256:" + "0".repeat(64)))
                .hasMessageContaining("takes a tag");
        assertThatThrownBy(() -> load("oci://" + registry.address() + "/me/none:1"))
                .hasMessageContaining("the registry answers 404 for 1");
    }
}
