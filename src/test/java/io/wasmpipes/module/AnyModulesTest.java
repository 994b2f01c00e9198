package io.wasmpipes.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Variables;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules from a real HTTP server, pinned and not, there and away. */
class AnyModulesTest {
    private static final String SUBJECT = "WASM_MODULES";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile String content = "module one";
    private final AtomicInteger failures = new AtomicInteger();
    private HttpServer server;
    private String base;

    @TempDir
    private Path state;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
        base = "http://localhost:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(path + " " + exchange.getRequestHeaders().getFirst("Authorization"));
        try (exchange) {
            if (failures.getAndDecrement() > 0) {
                exchange.sendResponseHeaders(503, -1);
            } else if (path.endsWith("huge.wasm")) {
                exchange.sendResponseHeaders(200, 0);
                OutputStream out = exchange.getResponseBody();
                for (int i = 0; i < 65; i++) {
                    out.write(new byte[1 << 20]);
                }
            } else if (path.endsWith("none.wasm")) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private AnyModules modules(String bucket) throws ConfigException {
        return new AnyModules(new Places(bucket, List.of(), state, Variables.NONE), state);
    }

    private ModuleImage load(String reference) throws ConfigException {
        return modules("file://./modules").load(SUBJECT, reference);
    }

    private static String digest(String text) {
        return ModuleImage.of("", Bytes.utf8(text)).digest();
    }

    @Test
    void a_url_is_downloaded_with_its_login_and_what_fails_for_a_while_is_asked_for_again() throws Exception {
        failures.set(2);
        ModuleImage image = load(base.replace("//", "//me:pass%20word@") + "/dir/hot.wasm");
        assertThat(image.bytes()).isEqualTo(Bytes.utf8("module one"));
        assertThat(image.name()).isEqualTo("hot.wasm");
        assertThat(asked).hasSize(3).allMatch(line -> line.equals("/dir/hot.wasm Basic bWU6cGFzcyB3b3Jk"));
    }

    @Test
    void what_was_downloaded_serves_while_the_server_is_away() throws Exception {
        ModuleImage first = load(base + "/hot.wasm");
        content = "module two";
        assertThat(load(base + "/hot.wasm").bytes()).isEqualTo(Bytes.utf8("module two"));
        server.stop(0);
        assertThat(load(base + "/hot.wasm").bytes()).isEqualTo(Bytes.utf8("module two"));
        assertThat(load(base + "/hot.wasm@" + first.digest()).bytes()).isEqualTo(first.bytes());
        assertThatThrownBy(() -> load(base + "/other.wasm"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("must be there to be downloaded");
        assertThat(Files.getPosixFilePermissions(state.resolve("modules")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void a_pinned_module_is_downloaded_once_and_must_have_its_digest() throws Exception {
        String pinned = base + "/hot.wasm@" + digest("module one");
        load(pinned);
        load(pinned);
        assertThat(asked).hasSize(1);
        content = "module two";
        assertThat(load(pinned).bytes()).isEqualTo(Bytes.utf8("module one"));
        assertThatThrownBy(() -> load(base + "/hot.wasm@" + digest("module three")))
                .hasMessageContaining("must have the digest it is pinned to")
                .hasMessageContaining(digest("module two"));
        assertThatThrownBy(() -> load("modules/hot/hot.wasm@sha256:12")).hasMessageContaining("64 hexadecimal");
        assertThatThrownBy(() -> load("./modules/hot/hot.wasm@" + digest("x"))).hasMessageContaining("pinned");
    }

    @Test
    void a_file_that_was_changed_in_the_folder_of_downloads_is_not_used() throws Exception {
        String digest = digest("module one");
        load(base + "/hot.wasm");
        Files.writeString(state.resolve("modules").resolve(digest.replace(':', '-') + ".wasm"), "tampered");
        assertThat(load(base + "/hot.wasm@" + digest).bytes()).isEqualTo(Bytes.utf8("module one"));
        assertThat(asked).hasSize(2);
    }

    @Test
    void names_are_looked_up_under_a_url_and_paths_are_not() throws Exception {
        AnyModules bucket = modules(base + "/all/");
        bucket.load(SUBJECT, "hot");
        bucket.load(SUBJECT, "team/cold.wasm");
        assertThat(asked)
                .extracting(line -> line.split(" ", 2)[0])
                .containsExactly("/all/hot.wasm", "/all/team/cold.wasm");
        assertThat(bucket.load(SUBJECT, "./modules/hot/hot.wasm").name()).isEqualTo("hot.wasm");
        assertThatThrownBy(() -> modules("gopher://x")).hasMessageContaining("WASM_BLOB_URI");
    }

    @Test
    void what_is_missing_too_large_or_no_url_is_told_without_the_login() {
        String login = base.replace("//", "//me:s3cr3t@");
        assertThatThrownBy(() -> load(login + "/none.wasm"))
                .hasMessageContaining("answers 404")
                .hasMessageNotContaining("s3cr3t");
        assertThatThrownBy(() -> load(login + "/huge.wasm"))
                .hasMessageContaining("at most 64MiB")
                .hasMessageNotContaining("s3cr3t");
        assertThatThrownBy(() -> load("http:///none")).hasMessageContaining("must be a URL");
        assertThat(asked).hasSize(2);
    }
}
