package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nats.client.Subscription;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The image, built from Dockerfile by buildah on stand-ins for its bases, and its container at work. */
class ImageSoak {
    private static final Path TREE = Path.of("").toAbsolutePath();
    private static final String IMAGE = "localhost/wasm-pipes:soak";
    private static final Map<String, String> BUILD = Map.of(
            "IMAGE", IMAGE,
            "JDK", "localhost/test-jdk:25",
            "BASE", "localhost/test-base:latest",
            "BUILDAH_OPTIONS", "--pull-never",
            "BUILDAH_ISOLATION", "chroot");
    private static final List<String> ENTRY = List.of(
            "/opt/wasm-pipes/java/bin/java",
            "@/opt/wasm-pipes/app/java.options",
            "-XX:AOTCache=/opt/wasm-pipes/app/wasm-pipes.aot",
            "-XX:MaxRAMPercentage=60",
            "-jar",
            "/opt/wasm-pipes/app/wasm-pipes.jar");

    private final int port = Ports.free();

    @BeforeAll
    static void build() throws Exception {
        for (String script : List.of(".ci/image-bases", ".ci/image")) {
            Process process = builder(List.of(TREE.resolve(script).toString()), BUILD)
                    .inheritIO()
                    .start();
            assertThat(process.waitFor()).as(script).isZero();
        }
    }

    private static ProcessBuilder builder(List<String> command, Map<String, String> variables) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(TREE.toFile());
        builder.environment().putAll(variables);
        return builder;
    }

    private static String say(String... command) {
        Command done = Command.run(TREE, BUILD, List.of(command));
        assertThat(done.exit()).as(done.said()).isZero();
        return done.said().strip();
    }

    private static JsonNode config() throws IOException {
        return new ObjectMapper()
                .readTree(say("buildah", "inspect", "--type", "image", IMAGE))
                .path("Docker")
                .path("config");
    }

    /** The command of the image in a container of its own, as a user that the image does not know. */
    private PipeProcess run(String container, NatsServer nats, String tools) {
        List<String> command = new ArrayList<>(List.of("buildah", "run", "--isolation", "chroot", "--user", "4711:0"));
        Map.of(
                        "SOURCE_URI",
                        "http://127.0.0.1:" + port + "/events",
                        "SINK_URI",
                        "nats://out",
                        "NATS_SERVER_URL",
                        nats.url(),
                        "WASM_MODULES",
                        "uppercase.wasm | filter.wasm?expr=true&input=text&output=text",
                        "MANAGEMENT_HOST",
                        "127.0.0.1",
                        "JAVA_TOOL_OPTIONS",
                        tools)
                .forEach((name, value) -> command.addAll(List.of("--env", name + "=" + value)));
        command.add(container);
        command.add("--");
        command.addAll(ENTRY);
        return PipeProcess.run(command, Map.of(), TREE);
    }

    @Test
    void a_container_relays_http_to_nats_through_its_modules() throws Exception {
        JsonNode entry = config().path("Entrypoint");
        assertThat(entry).extracting(JsonNode::asText).containsExactlyElementsOf(ENTRY);
        assertThat(config().path("User").asText()).isEqualTo("65532:65532");
        assertThat(config().path("Labels")
                        .path("org.opencontainers.image.version")
                        .asText())
                .isNotBlank()
                .isNotEqualTo("dev");
        System.out.println("image: " + say("buildah", "images", "--format", "{{.Size}}", IMAGE));
        for (String mode : List.of("on", "off", "on")) {
            relay(mode);
        }
    }

    /** With AOTMode=on the JVM refuses to start without its cache. */
    private void relay(String mode) throws Exception {
        String container = say("buildah", "from", "--pull-never", IMAGE);
        try (NatsServer nats = NatsServer.start();
                Nats client = new Nats(nats)) {
            Subscription out = client.connection().subscribe("out");
            client.connection().flush(Await.PATIENCE);
            long start = System.nanoTime();
            PipeProcess pipe = run(container, nats, "-XX:AOTMode=" + mode);
            try {
                pipe.ready();
                assertThat(post(port, "/events", "hello").statusCode()).isEqualTo(200);
                assertThat(new String(out.nextMessage(Await.PATIENCE).getData(), StandardCharsets.UTF_8))
                        .isEqualTo("HELLO");
                long millis = (System.nanoTime() - start) / 1_000_000;
                assertThat(pipe.said("Picked up JAVA_TOOL_OPTIONS")).isTrue();
                ProcessHandle java = java(pipe);
                Thread.sleep(2000);
                System.out.println("image, AOT " + mode + ": exec to first message " + millis + " ms, idle RSS "
                        + resident(java.pid()) / 1024 + " MiB");
                assertThat(java.destroy()).isTrue();
                Await.until("drained", () -> pipe.said("drained"));
                assertThat(pipe.exitCode()).isZero();
            } finally {
                ProcessHandle.of(pipe.pid())
                        .ifPresent(run -> run.descendants().forEach(ProcessHandle::destroyForcibly));
                pipe.close();
            }
        } finally {
            say("buildah", "rm", container);
        }
    }

    /** The process in the container. */
    private static ProcessHandle java(PipeProcess pipe) {
        return ProcessHandle.of(pipe.pid())
                .orElseThrow()
                .descendants()
                .filter(process -> line(process.pid()).startsWith(ENTRY.getFirst() + "\0"))
                .findFirst()
                .orElseThrow();
    }

    private static String line(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    private static long resident(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_health_check_says_whether_the_pipe_lives() {
        String container = say("buildah", "from", "--pull-never", IMAGE);
        try {
            List<String> probe = List.of(
                    "buildah",
                    "run",
                    "--isolation",
                    "chroot",
                    "--env",
                    "MANAGEMENT_PORT=" + port,
                    container,
                    "--",
                    "/opt/wasm-pipes/java/bin/java",
                    "-cp",
                    "/opt/wasm-pipes/app/wasm-pipes.jar",
                    "io.wasmpipes.app.Probe");
            assertThat(Command.run(TREE, BUILD, probe).exit()).isEqualTo(1);
        } finally {
            say("buildah", "rm", container);
        }
    }

    /** Stands for the launcher: the image, with the user's folder and variables. */
    private static final String IN_A_CONTAINER = """
            #!/bin/bash
            options=()
            while IFS='=' read -r -d '' name value; do
              case $name in
                PATH | HOME | LANG | PWD | OLDPWD | SHLVL | _ | WASM_PIPES_HOME) ;;
                *) options+=(--env "$name=$value") ;;
              esac
            done < <(env -0)
            container=$(buildah from --pull-never @image@)
            buildah run --isolation chroot --user "$(id -u):$(id -g)" -v "$PWD:$PWD" --workingdir "$PWD" "${options[@]}" \\
              "$container" -- @entry@ "$@"
            code=$?
            buildah rm "$container" >/dev/null
            exit $code
            """;

    @Test
    void the_ten_minutes_of_a_user_work_by_the_image_too() throws Exception {
        String script = IN_A_CONTAINER.replace("@image@", IMAGE).replace("@entry@", String.join(" ", ENTRY));
        UserRun.Way container = new UserRun.Way() {
            @Override
            public void install(Path folder) throws IOException {
                Path launcher = Files.writeString(folder.resolve("wasm-pipes"), script);
                assertThat(launcher.toFile().setExecutable(true)).isTrue();
            }

            @Override
            public ProcessHandle inner(PipeProcess pipe) {
                return java(pipe);
            }
        };
        try (UserRun run = new UserRun(container)) {
            run.page();
        }
    }
}
