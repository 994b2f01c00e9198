package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A private docker-registry, plain HTTP on a free port of the loopback interface. One thread at a time. */
public final class DockerRegistry implements AutoCloseable {
    /** Its one user with {@link #startWithLogin}. */
    public static final String USER = "me";
    /** The user's password. */
    public static final String PASSWORD = "s3cr3t";

    private static final String HASHED = "$2a$04$ymzB7d62cQ8D6fJR4N59HuWZ/hC0uBeENbqVdxQGwQcJN12wJPnnC";
    private static final Duration START = Duration.ofMinutes(1);

    private final Path folder = Folders.fresh("registry");
    private final int port = Ports.free();
    private final String login;
    private @Nullable Process process;

    private DockerRegistry(String login) {
        this.login = login;
    }

    /** Starts one that is open to all. */
    public static DockerRegistry start() {
        return started(new DockerRegistry(""));
    }

    /** Starts one that wants its user's login. */
    public static DockerRegistry startWithLogin() {
        return started(new DockerRegistry("auth: {htpasswd: {realm: test, path: %s}}\n"));
    }

    private static DockerRegistry started(DockerRegistry registry) {
        registry.restart();
        return registry;
    }

    /** {@code host:port}, as it stands in references. */
    public String address() {
        return "localhost:" + port;
    }

    /** Ends it. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            try {
                running.waitFor(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            process = null;
        }
    }

    /** Starts it again with what it had; returns when it serves. */
    public void restart() {
        Path log = folder.resolve("log");
        try {
            Path users = Files.writeString(folder.resolve("users"), USER + ":" + HASHED + "\n");
            Path configuration = Files.writeString(
                    folder.resolve("config.yml"), """
                    version: 0.1
                    log: {accesslog: {disabled: true}}
                    storage: {delete: {enabled: true}, filesystem: {rootdirectory: %s}, maintenance: {uploadpurging: {enabled: false}}}
                    http: {addr: "127.0.0.1:%d"}
                    """.formatted(folder.resolve("data"), port) + login.formatted(users));
            Process started = new ProcessBuilder("docker-registry", "serve", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            process = started;
            Await.until("docker-registry serves, log: " + log, START, () -> serves(started, log));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run docker-registry: apt-get install -y docker-registry", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean serves(Process started, Path log) throws IOException {
        if (!started.isAlive()) {
            throw new IllegalStateException("docker-registry ended at once: " + Files.readString(log));
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        kill();
        Folders.delete(folder);
    }
}
