package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The first ten minutes of a user: docs/quickstart.md, line by line, but for the ports, which others may be using. */
final class UserRun implements AutoCloseable {
    private static final Path TREE = Path.of("").toAbsolutePath();

    /** How wasm-pipes is there for the user. */
    interface Way {
        /** Puts {@code ./wasm-pipes} into the user's folder. */
        void install(Path folder) throws Exception;

        /** The process of the pipe itself: what was started may be around it. */
        default ProcessHandle inner(PipeProcess pipe) {
            return ProcessHandle.of(pipe.pid()).orElseThrow();
        }
    }

    private final Way way;
    private final Path folder = Folders.fresh("user");
    private final List<PipeProcess> pipes = new ArrayList<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final String page;
    private final NatsServer nats;

    UserRun(Way way) throws Exception {
        this.way = way;
        page = Files.readString(TREE.resolve("docs/quickstart.md"));
        nats = NatsServer.start();
        for (String port : List.of("9000", "9100", "8081")) {
            ports.put(port, Ports.free());
        }
        way.install(folder);
    }

    @Override
    public void close() {
        for (PipeProcess pipe : pipes.reversed()) {
            ProcessHandle.of(pipe.pid()).stream()
                    .flatMap(ProcessHandle::descendants)
                    .forEach(ProcessHandle::destroyForcibly);
            pipe.close();
        }
        nats.close();
        Folders.delete(folder);
    }

    /** The line of the page that starts so, without its comment, as it is to be typed here. */
    private String typed(String start) {
        String line = page.lines()
                .filter(each -> each.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the page has no line " + start))
                .replaceFirst(" +#.*$", "");
        for (Map.Entry<String, Integer> port : ports.entrySet()) {
            line = line.replace(":" + port.getKey(), ":" + port.getValue());
        }
        return line;
    }

    private Command run(String start) {
        return Command.run(folder, Map.of("NATS_SERVER_URL", nats.url()), List.of("bash", "-c", typed(start)));
    }

    private PipeProcess ready(String start, String management) throws InterruptedException {
        return background(start, management).ready();
    }

    private PipeProcess background(String start, String management) {
        String line = typed(start).replaceFirst(" *&$", "").replace("./wasm-pipes", "exec ./wasm-pipes");
        PipeProcess pipe = PipeProcess.run(
                List.of("bash", "-c", line),
                Map.of("NATS_SERVER_URL", nats.url(), "MANAGEMENT_PORT", management),
                folder);
        pipes.add(pipe);
        return pipe;
    }

    private void send(String start) {
        assertThat(run(start).said()).endsWith("ok\n");
    }

    void page() throws Exception {
        assertThat(run("printf '%s\\n' PIPE_NAME=in").exit()).isZero();
        assertThat(run("printf '%s\\n' PIPE_NAME=out").exit()).isZero();
        looked();
        PipeProcess in =
                ready("./wasm-pipes run --env-file in.env", ports.get("8081").toString());
        PipeProcess out = background("./wasm-pipes run --env-file out.env", "off");
        send("curl -d '{\"temp\":10}'");
        send("curl -d '{\"temp\":30}'");
        send("curl -d '{\"temp\":45}'");
        refused(out);
        assertThat(way.inner(out).destroyForcibly()).isTrue();
        out.exitCode();
        PipeProcess again = background("./wasm-pipes run --env-file out.env", "off");
        PipeProcess hook = ready("SOURCE_URI=http://:9100/hook", "off");
        Await.until("what was not delivered", () -> hook.out().size() >= 2);
        assertThat(hook.out()).containsExactlyInAnyOrder("{\"temp\":30}", "{\"temp\":45}");
        poisoned(hook);
        mistaken();
        assertThat(run("curl -s localhost:8081/metrics").said())
                .contains("wasmpipes_messages_received_total{pipe=\"in\"} 4.0");
        for (PipeProcess pipe : List.of(in, again, hook)) {
            assertThat(way.inner(pipe).destroy()).isTrue();
            assertThat(pipe.exitCode()).isZero();
        }
    }

    private static void refused(PipeProcess out) throws InterruptedException {
        try {
            Await.until("the hook refuses", () -> out.said("cannot be reached") || !out.alive());
            assertThat(out.said("cannot be reached")).isTrue();
        } catch (AssertionError e) {
            throw new AssertionError("the pipe said: " + out.err(), e);
        }
    }

    private void looked() {
        Command check = run("./wasm-pipes check");
        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.said())
                .contains("WARN source jetstream://ORDERS")
                .contains("stream ORDERS is missing: create it, or add create=true")
                .contains("WARN sink http://localhost:" + ports.get("9100"))
                .contains("OK   module keep");
        assertThat(run("./wasm-pipes explain").said())
                .contains("at least once, if the sender repeats")
                .contains("the stream has acknowledged");
        assertThat(run("./wasm-pipes describe").said()).contains("⇒ out").contains("no loop");
    }

    private void poisoned(PipeProcess hook) throws IOException, InterruptedException {
        send("curl -d 'oops'");
        Path dead = folder.resolve("dead.jsonl");
        Await.until("a dead letter", () -> Files.exists(dead) && Files.size(dead) > 0);
        assertThat(run("./wasm-pipes dlq list").said())
                .contains("keep: not JSON: ")
                .contains("attempts 1")
                .endsWith("1 entry\n");
        assertThat(run("./wasm-pipes dlq redrive").said()).isEqualTo("1 redriven\n");
        Await.until("the redriven one", () -> hook.out().contains("oops"));
        assertThat(run("./wasm-pipes dlq list").said()).isEqualTo("0 entries\n");
    }

    private void mistaken() {
        Command wrong = run("SINK_URL=x ./wasm-pipes");
        assertThat(wrong.exit()).isEqualTo(78);
        assertThat(wrong.said()).contains("did you mean SINK_URI");
    }
}
