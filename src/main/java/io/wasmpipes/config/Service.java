package io.wasmpipes.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The process around the pipe.
 *
 * @param management empty for MANAGEMENT_PORT=off
 * @param stateDir the one writable folder: compiled and downloaded modules
 * @param tracing the {@code OTEL_*} variables; empty where no traces are wanted
 */
public record Service(
        Shutdown shutdown, Optional<Management> management, Path stateDir, Log log, Map<String, String> tracing) {
    public Service {
        tracing = Map.copyOf(tracing);
    }

    /** {@code delay}: how long HTTP still accepts after SIGTERM; {@code timeout}: how long draining may take. */
    public record Shutdown(Duration delay, Duration timeout) {}

    /**
     * The management port.
     *
     * @param host the address to bind; empty for all
     * @param explicit whether MANAGEMENT_PORT was set: then a taken port is an error, else a free one is chosen
     */
    public record Management(String host, int port, boolean explicit, Optional<Secret> token) {}

    /** LOG_LEVEL and LOG_FORMAT. */
    public record Log(Level level, Format format) {}

    /** LOG_LEVEL. */
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR,
        OFF
    }

    /** LOG_FORMAT. */
    public enum Format {
        TEXT,
        JSON
    }
}
