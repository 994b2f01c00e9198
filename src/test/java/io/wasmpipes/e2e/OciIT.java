package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.DockerRegistry;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A module goes to a registry that wants a login, a pipe runs it from there, follows its tag, and starts without it. */
class OciIT {
    private final int port = Ports.free();
    private final Path folder = Folders.fresh("oci");
    private DockerRegistry registry;

    @BeforeEach
    void start() throws Exception {
        registry = DockerRegistry.startWithLogin();
        Path helper = Files.writeString(folder.resolve("docker-credential-testing"), """
                #!/bin/sh
                read -r registry
                [ "$1 $registry" = "get %s" ] || { echo credentials not found in native keychain; exit 1; }
                echo '{"Username":"%s","Secret":"%s"}'
                """.formatted(
                        registry.address(), DockerRegistry.USER, DockerRegistry.PASSWORD));
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("config.json"), "{\"credsStore\":\"testing\"}");
    }

    @AfterEach
    void stop() {
        registry.close();
        Folders.delete(folder);
    }

    private String reference() {
        return "oci://" + registry.address() + "/me/word:1";
    }

    private Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>();
        variables.put("PATH", folder + ":" + System.getenv("PATH"));
        variables.put("DOCKER_CONFIG", folder.toString());
        variables.put("OCI_PLAIN_HTTP", registry.address());
        return variables;
    }

    private String push(String module) throws InterruptedException {
        Path path = Path.of("modules", module, module + ".wasm").toAbsolutePath();
        try (PipeProcess push =
                PipeProcess.start(variables(), List.of(), List.of("push", path.toString(), reference()))) {
            assertThat(push.exitCode()).as(String.join("\n", push.err())).isZero();
            return push.out().getFirst();
        }
    }

    private PipeProcess pipe(String reference) throws InterruptedException {
        Map<String, String> variables = variables();
        variables.put("SOURCE_URI", "http://127.0.0.1:" + port + "/words");
        variables.put("SINK_URI", "reply:");
        variables.put("WASM_MODULES", reference);
        variables.put("WASM_RELOAD", "200ms");
        variables.put("STATE_DIR", folder.resolve("state").toString());
        variables.put("MANAGEMENT_PORT", "off");
        return PipeProcess.start(variables).ready();
    }

    @Test
    void a_pipe_follows_a_tag_keeps_to_a_digest_and_starts_while_the_registry_is_away() throws Exception {
        String uppercase = push("uppercase");
        assertThat(uppercase).startsWith(reference() + "@sha256:");
        try (PipeProcess pipe = pipe(reference())) {
            assertThat(post(port, "/words", "hello").body()).isEqualTo("HELLO");
            push("vowels");
            Await.until(
                    "the tag is followed",
                    () -> post(port, "/words", "hello").body().contains("\"count\":2"));
            pipe.says("word reloaded sha256:");
        }
        try (PipeProcess _ = pipe(uppercase)) {
            assertThat(post(port, "/words", "hello").body()).isEqualTo("HELLO");
        }
        registry.kill();
        for (String reference : List.of(reference(), uppercase)) {
            try (PipeProcess _ = pipe(reference)) {
                assertThat(post(port, "/words", "hello").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void what_cannot_be_pulled_or_pushed_is_told_with_exit_code_78() throws Exception {
        Files.delete(folder.resolve("config.json"));
        Map<String, String> variables = variables();
        variables.put("WASM_MODULES", reference());
        variables.put("MANAGEMENT_PORT", "off");
        try (PipeProcess pipe = PipeProcess.start(variables);
                PipeProcess push = PipeProcess.start(variables, List.of(), List.of("push", "none.wasm", "oci://x/y"))) {
            assertThat(pipe.exitCode()).isEqualTo(78);
            assertThat(pipe.said("the registry wants a login; docker's config.json has none for "))
                    .isTrue();
            assertThat(push.exitCode()).isEqualTo(78);
            assertThat(push.said("no such module")).isTrue();
        }
    }
}
