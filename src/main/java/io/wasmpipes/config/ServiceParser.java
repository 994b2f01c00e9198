package io.wasmpipes.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads what concerns the process rather than messages. */
final class ServiceParser {
    private static final String PORT = "MANAGEMENT_PORT";
    private static final String STATE = "STATE_DIR";
    private static final String FOLDER = "wasm-pipes";
    private static final String TRACING = "OTEL_";
    private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
    private static final List<String> COLLECTOR =
            List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", EXPORTER);
    private static final List<String> PROTOCOLS =
            List.of("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL");
    private static final String HTTP = "http/protobuf";

    private final Values values;
    private final Machine machine;

    ServiceParser(Values values, Machine machine) {
        this.values = values;
        this.machine = machine;
    }

    Service parse() {
        return new Service(
                new Service.Shutdown(
                        values.duration("SHUTDOWN_DELAY", Duration.ZERO),
                        values.duration("SHUTDOWN_TIMEOUT", Duration.ZERO)),
                management(),
                stateDir(),
                new Service.Log(
                        values.choice("LOG_LEVEL", Service.Level.class),
                        values.choice("LOG_FORMAT", Service.Format.class)),
                tracing());
    }

    /** Everything that OpenTelemetry knows, also what is not in our table; on where there is somebody to send to. */
    private Map<String, String> tracing() {
        Map<String, String> given = new TreeMap<>();
        for (String name : values.env().namesUnder(TRACING)) {
            values.given(name).ifPresent(value -> given.put(name, value));
        }
        boolean off = given.getOrDefault(TRACING + "SDK_DISABLED", "").equalsIgnoreCase("true")
                || given.getOrDefault(EXPORTER, "").equals("none");
        if (off || COLLECTOR.stream().noneMatch(given::containsKey)) {
            return Map.of();
        }
        for (String name : PROTOCOLS) {
            String protocol = given.getOrDefault(name, HTTP);
            if (!protocol.equals(HTTP)) {
                values.problems().add(name, protocol, "must be " + HTTP, "collectors listen for it on port 4318");
            }
        }
        return given;
    }

    private Optional<Service.Management> management() {
        return values.text(PORT).equals("off")
                ? Optional.empty()
                : Optional.of(new Service.Management(
                        values.text("MANAGEMENT_HOST"),
                        values.integer(PORT, 0, 65535),
                        values.given(PORT).isPresent(),
                        values.given("MANAGEMENT_TOKEN").map(Secret::new)));
    }

    /** STATE_DIR, else the folder that the XDG rules name, else one among the temporary files. */
    private Path stateDir() {
        try {
            return values.given(STATE)
                    .map(Path::of)
                    .or(() -> values.env().literal("XDG_CACHE_HOME").map(home -> Path.of(home, FOLDER)))
                    .or(() -> values.env().literal("HOME").map(home -> Path.of(home, ".cache", FOLDER)))
                    .orElseGet(() -> machine.temporary().resolve(FOLDER));
        } catch (InvalidPathException e) {
            return values.wrong(STATE, "must be the path of a folder", machine.temporary());
        }
    }
}
