package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A private mosquitto that writes every change to disk: a child process on a free port of the loopback interface. It keeps
 * its port and its data through {@link #stop} and {@link #restart}. One thread at a time.
 */
public final class Mosquitto implements AutoCloseable {
    private final Path folder = Folders.fresh("mosquitto");
    private final int port = Ports.free();
    private @Nullable Process process;

    private Mosquitto() {}

    /** Starts one; {@code configuration} is lines of mosquitto.conf. */
    public static Mosquitto start(String... configuration) {
        Mosquitto server = new Mosquitto();
        String lines = String.join(
                "\n",
                "listener " + server.port + " 127.0.0.1",
                "user root",
                "persistence true",
                "persistence_location " + server.folder + "/",
                "autosave_on_changes true",
                "autosave_interval 1",
                "max_queued_messages 0",
                "");
        try {
            Files.writeString(server.folder.resolve("mosquitto.conf"), lines + String.join("\n", configuration) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.restart();
        return server;
    }

    public int port() {
        return port;
    }

    /** Ends it as kill -9 does; what it acknowledged a moment ago may not be on disk yet. */
    public void kill() {
        end(Process::destroyForcibly);
    }

    /** Ends it in order: what it has acknowledged is on disk. */
    public void stop() {
        end(Process::destroy);
    }

    private void end(Consumer<Process> how) {
        Process running = process;
        if (running != null) {
            how.accept(running);
            try {
                if (!running.waitFor(10, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("mosquitto does not end");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            process = null;
        }
    }

    /** Starts it again after {@link #kill}; returns when it accepts connections. */
    public void restart() {
        if (process != null) {
            throw new IllegalStateException("mosquitto is running");
        }
        Path sbin = Path.of("/usr/sbin/mosquitto"); // not on everybody's path
        try {
            Process started = new ProcessBuilder(
                            Files.isExecutable(sbin) ? sbin.toString() : "mosquitto",
                            "-c",
                            folder.resolve("mosquitto.conf").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log").toFile()))
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            process = started;
            Await.until("mosquitto answers, log: " + folder.resolve("log"), () -> ready(started));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start mosquitto: apt-get install -y mosquitto", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean ready(Process started) throws IOException {
        if (!started.isAlive()) {
            throw new IllegalStateException("mosquitto ended at once: " + Files.readString(folder.resolve("log")));
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        }
    }

    /** Ends it and deletes its data. */
    @Override
    public void close() {
        kill();
        Folders.delete(folder);
    }
}
