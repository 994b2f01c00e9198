package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Stage;
import io.wasmpipes.Units;
import io.wasmpipes.adapter.http.HttpIngress.Address;
import io.wasmpipes.config.Machine;
import io.wasmpipes.config.Modules;
import io.wasmpipes.config.ProblemReport;
import io.wasmpipes.config.Secret;
import io.wasmpipes.config.Service;
import io.wasmpipes.config.Settings;
import io.wasmpipes.pipe.Pipe;
import io.wasmpipes.pipe.PipeStatus;
import io.wasmpipes.pipe.Plan;
import io.wasmpipes.wasm.WasmHost;
import io.wasmpipes.wasm.http.OutboundHttp;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of the process: settings, modules, pipe, ready, signal, drained. One call of {@link #live}. */
final class Life {
    private static final Logger LOG = LoggerFactory.getLogger(Life.class);
    private static final Duration STEP = Duration.ofMillis(5);
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    private final Settings settings;
    private final PrintStream err;
    /** Where the launcher is, and modules are shipped. */
    private final Optional<Path> home;

    private final AtomicReference<@Nullable Pipe> pipe = new AtomicReference<>();
    private final AtomicReference<@Nullable Reloader> reloader = new AtomicReference<>();
    private final AtomicReference<@Nullable ConfigException> late = new AtomicReference<>();
    private final Health health = new Health(this::status);
    private final Conduct conduct = new Conduct(health);
    private final CountDownLatch over = new CountDownLatch(1);
    private final Instruments instruments;
    private final Server server;
    private boolean leaving;
    private volatile int code = 1;

    /** @throws ConfigException with everything that is wrong with the variables */
    Life(Map<String, String> variables, PrintStream err) throws ConfigException {
        this.err = err;
        this.home = Optional.ofNullable(variables.get("WASM_PIPES_HOME"))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
        this.settings = Settings.from(variables, Wiring.adapters(), Machine.current());
        LogSetup.apply(settings.service().log(), settings.pipe());
        this.instruments = new Instruments(settings, variables, health, conduct, reloader::get);
        this.server = instruments.server();
    }

    private PipeStatus status() {
        Pipe known = pipe.get();
        return known != null
                ? known.status()
                : new PipeStatus(PipeStatus.Phase.STARTING, Map.of(), Map.of(), 0, 0, Duration.ZERO, Duration.ZERO);
    }

    /**
     * Runs the pipe to its end, which a signal may bring; then the process ends with the code of {@link #leave}.
     *
     * @return the exit code
     * @throws ConfigException if modules or addresses are not there
     */
    int live() throws ConfigException, InterruptedException {
        settings.warnings().forEach(warning -> LOG.warn("{}", ProblemReport.line(warning)));
        Optional<Address> management = settings.service().management().isPresent()
                ? Optional.of(
                        ManagementPort.choose(settings.service().management().get()))
                : Optional.empty();
        Endpoint source = settings.ends().source().endpoint();
        SourcePort.check(source, management);
        if (management.isPresent() || SourcePort.listens(source)) {
            server.start();
        }
        try (OutboundHttp http = outboundHttp();
                WasmHost host =
                        new WasmHost(settings.service().stateDir(), InstantSource.system(), new SecureRandom(), http)) {
            Pipe made = assemble(host);
            if (begin(made)) {
                Thread.ofPlatform().name("announcer").daemon().start(() -> announce(made, management));
                code = made.run() == Pipe.Exit.CLEAN ? 0 : 1;
            }
        } finally {
            instruments.close();
            over.countDown();
        }
        ConfigException tooLate = late.get();
        if (tooLate != null) {
            throw tooLate;
        }
        return code;
    }

    private Pipe assemble(WasmHost host) throws ConfigException {
        ModuleChain chain =
                new ModuleChain(settings.modules(), host, settings.service().stateDir(), home);
        List<ModuleChain.Loaded> loaded = chain.load(chain.read(), List.of());
        List<Stage.Factory> stages = Reloader.stages(loaded);
        instruments.loaded(stages);
        Wiring wiring = new Wiring(settings, Wiring.adapters(server));
        Plan plan = wiring.plan(stages);
        Pipe made = new Pipe(plan, instruments.telemetry(), InstantSource.system());
        instruments
                .telemetry()
                .watch(this::status, plan.source().source(), plan.policy().limits());
        reloading(new Reloader(chain, loaded, instruments.telemetry(), fresh -> {
            wiring.checkWrites(fresh);
            made.replace(fresh);
            instruments.loaded(fresh);
        }));
        return made;
    }

    private void reloading(Reloader fresh) {
        reloader.set(fresh);
        Hangup.handle(fresh::reloadQuietly);
        settings.modules().reload().ifPresent(fresh::watch);
    }

    /** What makes the requests of modules, null if they may make none. */
    private @Nullable OutboundHttp outboundHttp() {
        Modules.Calls calls = settings.modules().http();
        List<String> secrets = calls.secrets().stream().map(Secret::value).toList();
        return calls.hosts().isEmpty() ? null : new OutboundHttp(calls.hosts(), secrets, InetAddress::getAllByName);
    }

    /** From now on leaving drains the pipe; false if that has begun already. */
    private synchronized boolean begin(Pipe made) {
        if (leaving) {
            return false;
        }
        pipe.set(made);
        return true;
    }

    /** Says that the pipe is ready, once it is. */
    private void announce(Pipe running, Optional<Address> management) {
        try {
            String port = management.isPresent() ? ":" + manage(management.get()) : "off";
            while (!health.ready()) {
                if (running.status().phase() == PipeStatus.Phase.STOPPED) {
                    return;
                }
                Thread.sleep(STEP);
            }
            String line = "ready " + instruments.ends() + ", management " + port;
            if (settings.service().log().format() == Service.Format.JSON) {
                LOG.info("{}", line);
            } else {
                err.println(line);
            }
        } catch (IOException e) {
            late.set(ManagementPort.taken(management.orElseThrow().port(), e));
            running.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int manage(Address chosen) throws IOException {
        return ManagementPort.open(
                server::manage, settings.service().management().orElseThrow(), chosen);
    }

    /** Drains: called by another thread than {@link #live}'s, once. Answers the exit code. */
    int leave() {
        Pipe running;
        synchronized (this) {
            leaving = true;
            running = pipe.get();
        }
        if (running == null) {
            return 0;
        }
        Service.Shutdown shutdown = settings.service().shutdown();
        LOG.info("leaving delay={} timeout={}", Units.text(shutdown.delay()), Units.text(shutdown.timeout()));
        health.leave();
        conduct.leave();
        try {
            Thread.sleep(shutdown.delay());
            conduct.drain();
            running.stop();
            boolean ended = over.await(shutdown.timeout().plus(LAST_WORDS).toMillis(), TimeUnit.MILLISECONDS);
            int end = ended ? code : 1;
            if (end == 0) {
                LOG.info("drained");
            } else {
                LOG.error("not drained");
            }
            return end;
        } catch (InterruptedException e) {
            return 1;
        }
    }
}
