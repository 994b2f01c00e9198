package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A private RabbitMQ node: a child process on free ports of the loopback interface, with a name server of its own. It keeps
 * its ports and its data through {@link #kill} and {@link #restart}. Starting takes some seconds, so tests of one JVM share
 * {@link #shared()} and use queues of their own; those that kill it take one each. One thread at a time.
 */
public final class RabbitNode implements AutoCloseable {
    private static final Path BIN = Path.of("/usr/lib/rabbitmq/bin");
    private static final Duration START = Duration.ofSeconds(60);
    private static @Nullable RabbitNode shared;

    private final Path folder = Folders.fresh("rabbit");
    private final int port = Ports.free();
    private final int tlsPort = Ports.free();
    private final int distributionPort = Ports.free();
    private final int namesPort = Ports.free();
    private @Nullable Process process;

    private RabbitNode() {}

    /** The node of this JVM, started at the first call and ended with the JVM. */
    public static synchronized RabbitNode shared() {
        RabbitNode node = shared;
        if (node == null) {
            node = start();
            shared = node;
        }
        return node;
    }

    /** A node of its own; {@code configuration} is lines of rabbitmq.conf. */
    public static RabbitNode start(String... configuration) {
        RabbitNode node = new RabbitNode();
        node.configure(configuration);
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        node.restart();
        return node;
    }

    public int port() {
        return port;
    }

    /** Where it speaks TLS, if its configuration names certificates. */
    public int tlsPort() {
        return tlsPort;
    }

    public String url() {
        return "amqp://127.0.0.1:" + port;
    }

    private void configure(String... configuration) {
        StringBuilder lines = new StringBuilder("loopback_users = none\nlisteners.tcp.1 = 127.0.0.1:" + port + "\n");
        boolean tls = false;
        for (String line : configuration) {
            tls |= line.startsWith("ssl_options");
            lines.append(line).append('\n');
        }
        if (tls) {
            lines.append("listeners.ssl.1 = 127.0.0.1:").append(tlsPort).append('\n');
        }
        try {
            Files.writeString(folder.resolve("rabbitmq.conf"), lines);
            Files.writeString(folder.resolve("plugins"), "[].");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it as kill -9 does. */
    public void kill() {
        Process running = process;
        if (running != null) {
            List<ProcessHandle> children = running.descendants().toList();
            children.forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly();
            try {
                if (!running.waitFor(10, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("rabbitmq-server does not end");
                }
                for (ProcessHandle child : children) {
                    Await.until("rabbitmq-server's child ends", () -> !child.isAlive());
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            process = null;
        }
    }

    /** Ends it in order. */
    public void stop() {
        Process running = process;
        if (running != null) {
            try {
                long pid =
                        Long.parseLong(Files.readString(folder.resolve("pid")).strip());
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
                if (!running.waitFor(30, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("rabbitmq-server does not end");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            process = null;
        }
    }

    /** Starts it again after {@link #kill} or {@link #stop}; returns when it speaks AMQP. */
    public void restart() {
        if (process != null) {
            throw new IllegalStateException("rabbitmq-server is running");
        }
        try {
            Process started = process(BIN.resolve("rabbitmq-server").toString())
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log").toFile()))
                    .start();
            process = started;
            Await.until("rabbitmq-server answers, log: " + folder.resolve("log"), START, () -> ready(started));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start rabbitmq-server: apt-get install -y rabbitmq-server", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs {@code rabbitmqctl}; takes seconds. */
    public void control(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = BIN.resolve("rabbitmqctl").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process running = process(command).start();
        String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (running.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
        }
    }

    private ProcessBuilder process(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> own = new TreeMap<>();
        own.put("HOME", folder.toString());
        own.put("RABBITMQ_BASE", folder.toString());
        own.put("RABBITMQ_NODENAME", "node" + port + "@localhost");
        own.put("RABBITMQ_DIST_PORT", Integer.toString(distributionPort));
        own.put("RABBITMQ_MNESIA_BASE", folder.resolve("data").toString());
        own.put("RABBITMQ_LOG_BASE", folder.resolve("logs").toString());
        own.put("RABBITMQ_CONFIG_FILE", folder.resolve("rabbitmq.conf").toString());
        own.put("RABBITMQ_ENABLED_PLUGINS_FILE", folder.resolve("plugins").toString());
        own.put("RABBITMQ_PID_FILE", folder.resolve("pid").toString());
        own.put("RABBITMQ_CONF_ENV_FILE", "/dev/null");
        own.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        own.put("ERL_EPMD_PORT", Integer.toString(namesPort));
        builder.environment().keySet().removeIf(name -> name.startsWith("RABBITMQ_"));
        builder.environment().putAll(own);
        return builder;
    }

    /** Whether it answers an AMQP greeting with a method frame. */
    private boolean ready(Process started) throws IOException {
        if (!started.isAlive()) {
            throw new IllegalStateException(
                    "rabbitmq-server ended at once: " + Files.readString(folder.resolve("log")));
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(2000);
            socket.getOutputStream().write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
            return socket.getInputStream().read() == 1;
        }
    }

    /** Ends it and its name server, which outlives it, and deletes its data. Safe twice. */
    @Override
    public void close() {
        kill();
        String mark = "ERL_EPMD_PORT=" + namesPort;
        ProcessHandle.allProcesses()
                .filter(handle -> handle.info().command().orElse("").endsWith("epmd"))
                .filter(handle -> environment(handle).contains(mark))
                .forEach(ProcessHandle::destroyForcibly);
        Folders.delete(folder);
    }

    private static String environment(ProcessHandle handle) {
        try {
            return Files.readString(
                    Path.of("/proc", Long.toString(handle.pid()), "environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has ended, or is somebody else's
        }
    }
}
