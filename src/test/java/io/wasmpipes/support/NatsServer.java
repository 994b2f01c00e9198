package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A private nats-server with JetStream: a child process on a free port of the loopback interface. It keeps its port and
 * its store through {@link #kill} and {@link #restart}. One thread at a time.
 */
public final class NatsServer implements AutoCloseable {
    private final Path folder = Folders.fresh("nats");
    private final List<String> switches;
    private int port;
    private @Nullable Process process;

    private NatsServer(int port, List<String> switches) {
        this.port = port;
        this.switches = switches;
    }

    /** Starts one; {@code switches} are nats-server's own, such as {@code --user u --pass p} or {@code --tls}. */
    public static NatsServer start(String... switches) {
        NatsServer server = new NatsServer(-1, List.of(switches));
        server.restart();
        return server;
    }

    public int port() {
        return port;
    }

    /** {@code nats://127.0.0.1:port}. */
    public String url() {
        return "nats://127.0.0.1:" + port;
    }

    /** Ends it as kill -9 does. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            join(running);
            process = null;
        }
    }

    /** Starts it again after {@link #kill}; returns when it accepts connections. */
    public void restart() {
        if (process != null) {
            throw new IllegalStateException("nats-server is running");
        }
        Path ports = folder.resolve("ports");
        Folders.delete(ports);
        try {
            Files.createDirectories(ports);
            Process started = new ProcessBuilder(command(ports))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log").toFile()))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            process = started;
            Await.until(
                    "nats-server writes its ports file, log: " + folder.resolve("log"), () -> ready(started, ports));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start nats-server: apt-get install -y nats-server", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> command(Path ports) {
        List<String> command =
                new ArrayList<>(List.of("nats-server", "-a", "127.0.0.1", "-p", Integer.toString(port), "-js", "-sd"));
        command.add(folder.resolve("store").toString());
        command.add("--ports_file_dir");
        command.add(ports.toString());
        command.addAll(switches);
        return command;
    }

    private boolean ready(Process started, Path ports) throws IOException {
        if (!started.isAlive()) {
            throw new IllegalStateException("nats-server ended at once: " + Files.readString(folder.resolve("log")));
        }
        try (Stream<Path> files = Files.list(ports)) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                int at = text.indexOf("127.0.0.1:");
                if (at >= 0) {
                    String digits = text.substring(at + 10).split("\\D", 2)[0];
                    port = Integer.parseInt(digits);
                    return true;
                }
            }
        }
        return false;
    }

    private static void join(Process process) {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nats-server does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The pid of the running server. */
    public long pid() {
        return Objects.requireNonNull(process).pid();
    }

    /** Ends it and deletes its store. */
    @Override
    public void close() {
        kill();
        Folders.delete(folder);
    }
}
