package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.DockerRegistry;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The way of an author of modules, from nothing to a registry, as the documentation tells it. */
final class AuthorRun implements AutoCloseable {
    private static final String LAUNCHER =
            Path.of("wasm-pipes").toAbsolutePath().toString();
    private static final String WARM = "{\"temp\": 30}";

    private final String language;
    private final String source;
    private final Path parent = Folders.fresh("author");
    private final Path folder = parent.resolve("hotter");
    private final DockerRegistry registry = DockerRegistry.start();
    private final int port = Ports.free();

    /** {@code source}: the file to edit. */
    AuthorRun(String language, String source) {
        this.language = language;
        this.source = source;
    }

    void go() throws Exception {
        says(parent, "hotter/ is ready", LAUNCHER, "new-module", "--lang", language, "hotter");
        make();
        says(folder, "3 passed", LAUNCHER, "test", ".");
        edit("> 20.0", "> 40.0");
        Command test = run(folder, LAUNCHER, "test", ".");
        assertThat(test.said()).contains("1 FAILED: case \"warm\": expected 1 output, got 0 (dropped)");
        assertThat(test.exit()).isEqualTo(1);
        says(folder, "ABI       wasmpipes_v1", LAUNCHER, "inspect", "./hotter.wasm");
        try (PipeProcess pipe = pipe("./hotter.wasm")) {
            assertThat(post(port, "/events", WARM).body()).isEmpty();
            HttpResponse<String> refused = post(port, "/events", "{\"temp\":\"x\"}");
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains("hotter: temp is not a number").doesNotContain("Exception");
            edit("> 40.0", "> 20.0");
            Await.until(
                    "the new build is taken over",
                    () -> post(port, "/events", WARM).body().equals(WARM));
            pipe.says("hotter reloaded sha256:");
        }
        ship();
    }

    private void ship() throws Exception {
        String reference = "oci://" + registry.address() + "/me/hotter:1";
        Command push = says(folder, reference + "@sha256:", LAUNCHER, "push", "hotter.wasm", reference);
        String pinned = push.said()
                .lines()
                .filter(line -> line.startsWith("oci:"))
                .findFirst()
                .orElseThrow();
        try (PipeProcess _ = pipe(pinned)) {
            assertThat(post(port, "/events", WARM).body()).isEqualTo(WARM);
        }
    }

    private void edit(String from, String to) throws IOException {
        Path file = folder.resolve(source);
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
        make();
    }

    private void make() {
        says(folder, "", "make");
        assertThat(folder.resolve("hotter.wasm")).isRegularFile();
    }

    private Command says(Path where, String text, String... words) {
        Command command = run(where, words);
        assertThat(command.exit()).as(command.said()).isZero();
        assertThat(command.said()).contains(text);
        return command;
    }

    private Command run(Path where, String... words) {
        return Command.run(where, Map.of("OCI_PLAIN_HTTP", registry.address()), List.of(words));
    }

    private PipeProcess pipe(String module) throws InterruptedException {
        Map<String, String> variables = new HashMap<>();
        variables.put("SOURCE_URI", "http://127.0.0.1:" + port + "/events");
        variables.put("SINK_URI", "reply:");
        variables.put("WASM_MODULES", module);
        variables.put("WASM_RELOAD", "200ms");
        variables.put("OCI_PLAIN_HTTP", registry.address());
        variables.put("STATE_DIR", parent.resolve("state").toString());
        variables.put("MANAGEMENT_PORT", "off");
        return PipeProcess.run(List.of(LAUNCHER), variables, folder).ready();
    }

    @Override
    public void close() {
        registry.close();
        Folders.delete(parent);
    }
}
