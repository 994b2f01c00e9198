package io.wasmpipes.app;

import io.wasmpipes.Cache;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Problem;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import io.wasmpipes.adapter.http.HttpIngress;
import io.wasmpipes.config.Modules;
import io.wasmpipes.config.ProblemReport;
import io.wasmpipes.config.Settings;
import io.wasmpipes.pipe.Outlet;
import io.wasmpipes.pipe.Plan;
import io.wasmpipes.trace.Tracing;
import io.wasmpipes.wasm.WasmHost;
import io.wasmpipes.wasm.http.HttpCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code wasm-pipes check}: whether the pipe would run now. It connects as the pipe would, and takes no message. One thread. */
final class Check {
    private static final Logger LOG = LoggerFactory.getLogger(Check.class);

    /** What was looked at: {@code OK}, {@code WARN} for what the pipe would wait for, or {@code FAIL} for what stops it. */
    private record Finding(String state, String what, String text) {
        Map<String, Object> map() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("state", state);
            map.put("what", what);
            map.put("text", text);
            return map;
        }
    }

    /** An HTTP source is not asked to listen: whether its port is free is looked at by itself. */
    private static final HttpIngress NO_PORT = (address, handler) -> {
        throw new IOException("this is only a check");
    };

    /** Connects to something. */
    private interface Step {
        void run() throws TransientException, InterruptedException;
    }

    private final Settings settings;
    private final Optional<Path> home;
    private final List<Finding> findings = new ArrayList<>();

    private Check(Settings settings, Optional<Path> home) {
        this.settings = settings;
        this.home = home;
    }

    /**
     * Checks and reports.
     *
     * @return 0, or 1 if something is not as the pipe needs it
     * @throws ConfigException if the settings are wrong
     */
    static int run(EnvFiles files, Console console, boolean json) throws ConfigException, InterruptedException {
        Check check = new Check(files.settings(console), home(console.environment()));
        check.look();
        for (Finding finding : check.findings) {
            console.out()
                    .println(
                            json
                                    ? Json.text(finding.map())
                                    : "%-4s %s: %s".formatted(finding.state, finding.what, finding.text));
        }
        return check.findings.stream().allMatch(finding -> finding.state.equals("OK")) ? 0 : Cli.FAILED;
    }

    static Optional<Path> home(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("WASM_PIPES_HOME"))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
    }

    private void look() throws InterruptedException {
        ports();
        traces();
        Plan plan = plan();
        if (plan == null) {
            return;
        }
        String source = settings.ends().source().endpoint().toString();
        if (SourcePort.listens(settings.ends().source().endpoint())) {
            plan.source().source().close();
        } else {
            connect(
                    "source " + source,
                    plan.source().source()::connect,
                    plan.source().source());
        }
        outlets(plan);
        Cache cache = plan.cache();
        if (cache != null) {
            connect("cache " + settings.cache().endpoint(), cache::connect, cache);
        }
    }

    private void outlets(Plan plan) throws InterruptedException {
        Outlet sink = plan.sink();
        if (sink != null) {
            connect("sink " + sink.uri(), sink.sink()::connect, sink.sink());
        }
        for (Outlet labelled : plan.labelled().values()) {
            connect(labelled.name() + " " + labelled.uri(), labelled.sink()::connect, labelled.sink());
        }
        Outlet letters = plan.deadLetters();
        if (letters != null) {
            connect("dead-letter " + letters.uri(), letters.sink()::connect, letters.sink());
        }
    }

    private void traces() {
        Map<String, String> variables = settings.service().tracing();
        if (!variables.isEmpty()) {
            try (Tracing _ = Tracing.open(variables, settings.pipe(), Passport.version())) {
                ok("traces", variables.getOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT", "on"));
            } catch (ConfigException e) {
                fail("traces", e);
            }
        }
    }

    private void ports() {
        try {
            SourcePort.check(settings.ends().source().endpoint(), Optional.empty());
            if (SourcePort.listens(settings.ends().source().endpoint())) {
                ok("source " + settings.ends().source().endpoint(), "the port is free");
            }
            if (settings.service().management().isPresent()) {
                int port = ManagementPort.choose(settings.service().management().get())
                        .port();
                ok("management :" + port, "the port is free");
            }
        } catch (ConfigException e) {
            fail("port", e);
        }
    }

    /** What the pipe would run by, without modules if one of them would not run; null after telling why there is none. */
    private @Nullable Plan plan() throws InterruptedException {
        try (TemporaryFolder state = TemporaryFolder.make("wasm-pipes-check");
                WasmHost host = new WasmHost(state.path(), InstantSource.system(), new SecureRandom(), calls())) {
            return new Wiring(settings, Wiring.adapters(NO_PORT)).plan(modules(host, state.path()));
        } catch (ConfigException e) {
            fail("ends", e);
        } catch (IOException e) {
            findings.add(new Finding("FAIL", "modules", "need a temporary folder: " + e.getMessage()));
        }
        return null;
    }

    private List<Stage.Factory> modules(WasmHost host, Path state) throws InterruptedException {
        try {
            ModuleChain chain = new ModuleChain(settings.modules(), host, state, home);
            List<Stage.Factory> stages = Reloader.stages(chain.load(chain.read(), List.of()));
            for (Stage.Factory stage : stages) {
                stage.open().close();
                ok("module " + stage.name(), stage.digest());
            }
            return stages;
        } catch (ConfigException e) {
            fail("module", e);
            return List.of();
        }
    }

    /** Modules that may make requests are not asked to. */
    private @Nullable HttpCalls calls() {
        Modules.Calls calls = settings.modules().http();
        return calls.hosts().isEmpty()
                ? null
                : call -> new HttpCalls.Failure(HttpCalls.Reason.NOT_ALLOWED, "this is only a check");
    }

    /** Connects and closes again, so that a broker sees a client leave and not one that is gone. */
    private void connect(String what, Step step, AutoCloseable end) throws InterruptedException {
        try {
            step.run();
            ok(what, "connected");
        } catch (TransientException e) {
            findings.add(new Finding(
                    "WARN",
                    what,
                    e.getMessage() + "; is it up, at this address, for these credentials? The pipe would wait for it"));
        } finally {
            close(end);
        }
    }

    private static void close(AutoCloseable end) throws InterruptedException {
        try {
            end.close();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            LOG.debug("what was only looked at cannot be closed", e);
        }
    }

    private void ok(String what, String text) {
        findings.add(new Finding("OK", what, text));
    }

    private void fail(String what, ConfigException wrong) {
        for (Problem problem : wrong.problems()) {
            findings.add(new Finding("FAIL", what, ProblemReport.line(problem)));
        }
    }
}
