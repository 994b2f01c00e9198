package io.wasmpipes.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Reads what concerns the process rather than messages. */
final class ServiceParser {
    private static final String PORT = "MANAGEMENT_PORT";
    private static final String STATE = "STATE_DIR";
    private static final String FOLDER = "wasm-pipes";

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
                new TracingParser(values).parse());
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
