package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A private redis-server that writes every command to disk before it answers: a child process on a free port of the
 * loopback interface. It keeps its port and its data through {@link #kill} and {@link #restart}. One thread at a time.
 */
public final class RedisServer implements AutoCloseable {
    private final Path folder = Folders.fresh("redis");
    private final int port = Ports.free();
    private final boolean tls;
    private List<String> switches;
    private @Nullable Process process;

    private RedisServer(boolean tls, List<String> switches) {
        this.tls = tls;
        this.switches = switches;
    }

    /** Starts one; {@code switches} are redis-server's own, such as {@code --requirepass secret}. */
    public static RedisServer start(String... switches) {
        RedisServer server = new RedisServer(false, List.of(switches));
        server.restart();
        return server;
    }

    /** Starts one that speaks TLS only, with this certificate and key and no demand for the client's. */
    public static RedisServer startTls(Path certificate, Path key, String... switches) {
        List<String> all = new ArrayList<>(List.of(
                "--tls-cert-file", certificate.toString(),
                "--tls-key-file", key.toString(),
                "--tls-ca-cert-file", certificate.toString(),
                "--tls-auth-clients", "optional"));
        all.addAll(List.of(switches));
        RedisServer server = new RedisServer(true, all);
        server.restart();
        return server;
    }

    public int port() {
        return port;
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

    /** Starts it again with other switches after {@link #kill}. */
    public void restart(String... others) {
        switches = List.of(others);
        restart();
    }

    /** Starts it again after {@link #kill}; returns when it answers. */
    public void restart() {
        if (process != null) {
            throw new IllegalStateException("redis-server is running");
        }
        try {
            Process started = new ProcessBuilder(command())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log").toFile()))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            process = started;
            Await.until("redis-server answers, log: " + folder.resolve("log"), () -> ready(started));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start redis-server: apt-get install -y redis-server", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of("redis-server", "--bind", "127.0.0.1"));
        command.addAll(List.of("--port", Integer.toString(tls ? 0 : port)));
        if (tls) {
            command.addAll(List.of("--tls-port", Integer.toString(port)));
        }
        command.addAll(List.of("--dir", folder.toString(), "--save", "", "--appendonly", "yes"));
        command.addAll(List.of("--appendfsync", "always"));
        command.addAll(switches);
        return command;
    }

    /** Whether it has loaded its data: before that, and with a password set, it answers PING with an error. */
    private boolean ready(Process started) throws IOException {
        if (!started.isAlive()) {
            throw new IllegalStateException("redis-server ended at once: " + Files.readString(folder.resolve("log")));
        }
        if (tls) {
            return Files.readString(folder.resolve("log")).contains("Ready to accept connections");
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
            return answer.equals("+PONG") || answer.equals("-NOAU");
        }
    }

    private static void join(Process process) {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("redis-server does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends it and deletes its data. */
    @Override
    public void close() {
        kill();
        Folders.delete(folder);
    }
}
