package io.wasmpipes.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged application as a child process with an environment of its own. */
public final class PipeProcess implements AutoCloseable {
    private static final Path JAR = Path.of("target/app/wasm-pipes.jar").toAbsolutePath();
    private static final Path OPTIONS = Path.of(".mvn/java.options").toAbsolutePath();
    private static final Pattern READY = Pattern.compile("ready .*management :(\\d+)");
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Process process;
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();
    private final List<Thread> readers = new ArrayList<>();

    private PipeProcess(Process process) {
        this.process = process;
        readers.add(read(process.getInputStream(), out));
        readers.add(read(process.getErrorStream(), err));
    }

    /** Starts with these variables and hardly any other; modules are those of this tree. */
    public static PipeProcess start(Map<String, String> variables) {
        return start(variables, List.of(), List.of());
    }

    /** Starts with these variables, flags of the JVM and arguments of the application. */
    public static PipeProcess start(Map<String, String> variables, List<String> flags, List<String> arguments) {
        if (!Files.exists(JAR)) {
            throw new AssertionError(JAR + " is missing: ./mvnw -DskipTests package");
        }
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=HUP", // which nohup has ignored, for all that it starts
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + OPTIONS,
                "-XX:AOTCache=" + JAR.resolveSibling("wasm-pipes.aot")));
        command.addAll(flags.isEmpty() ? List.of("-Xmx256m") : flags);
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(arguments);
        return run(command, variables, Folders.fresh("run"));
    }

    /** Starts it by a command of the caller's, such as the launcher, in this folder. */
    public static PipeProcess run(List<String> command, Map<String, String> variables, Path folder) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> !List.of("PATH", "HOME", "LANG").contains(name));
        builder.environment()
                .put("WASM_PIPES_HOME", Path.of("").toAbsolutePath().toString());
        builder.environment().putAll(variables);
        try {
            return new PipeProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread read(InputStream stream, List<String> lines) {
        return Thread.ofVirtual().start(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                // the process was killed
            }
        });
    }

    /** Waits for the ready line; kills the process if it does not come. */
    public PipeProcess ready() throws InterruptedException {
        try {
            Await.until("ready, or the end of the process", () -> !process.isAlive() || said("ready "));
            assertThat(said("ready ")).as("the ready line").isTrue();
        } catch (AssertionError e) {
            close();
            throw new AssertionError("not ready, stderr:\n" + String.join("\n", err), e);
        }
        return this;
    }

    /** Whether a line of stderr has {@code text} in it. */
    public boolean said(String text) {
        return err.stream().anyMatch(line -> line.contains(text));
    }

    /** Waits until it has said so: what it does can be seen before what it says about it. */
    public void says(String text) throws InterruptedException {
        try {
            Await.until(text, () -> said(text));
        } catch (AssertionError e) {
            throw new AssertionError("not said, stderr:\n" + String.join("\n", err), e);
        }
    }

    /** The management port that the ready line names. */
    public int managementPort() {
        return err.stream()
                .map(READY::matcher)
                .filter(Matcher::find)
                .map(ready -> Integer.parseInt(ready.group(1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no ready line with a management port"));
    }

    /** The lines of stdout so far. */
    public List<String> out() {
        return List.copyOf(out);
    }

    /** The lines of stderr so far. */
    public List<String> err() {
        return List.copyOf(err);
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** kill -9, and waits for the end. */
    public void kill() throws InterruptedException {
        boolean _ = process.toHandle().destroyForcibly();
        exitCode();
    }

    /** SIGTERM; returns at once. */
    public PipeProcess terminate() {
        boolean _ =
                process.toHandle().destroy(); // unlike Process.destroy it leaves the streams open for the last words
        return this;
    }

    /** Waits for the end, and for the last lines; answers the exit code. */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still running, stderr:\n" + String.join("\n", err));
        }
        for (Thread reader : readers) {
            reader.join(Await.PATIENCE);
        }
        return process.exitValue();
    }

    /** Resident memory in bytes. */
    public long residentBytes() throws IOException {
        String status = Files.readString(Path.of("/proc/" + pid() + "/status"));
        Matcher rss = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(status);
        return rss.find() ? Long.parseLong(rss.group(1)) << 10 : 0;
    }

    /** POST to this machine. */
    public static HttpResponse<String> post(int port, String path, String body) {
        return send(request(port, path).POST(BodyPublishers.ofString(body)));
    }

    /** GET from this machine. */
    public static HttpResponse<String> get(int port, String path) {
        return send(request(port, path).GET());
    }

    public static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Await.PATIENCE);
    }

    public static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Kills what is left. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
