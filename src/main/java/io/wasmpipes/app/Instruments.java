package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Stage;
import io.wasmpipes.config.Ends;
import io.wasmpipes.config.Secret;
import io.wasmpipes.config.Service;
import io.wasmpipes.config.Settings;
import io.wasmpipes.config.SingleEnd;
import io.wasmpipes.trace.Tracing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the running pipe can be watched and handled by: metrics, traces, taps, and the management port. Thread-safe. */
final class Instruments implements AutoCloseable {
    private static final Duration LETTERS_PATIENCE = Duration.ofSeconds(2);

    private final Passport passport;
    private final Tester tester = new Tester();
    private final Onlookers onlookers;
    private final Telemetry telemetry;
    private final Server server;

    /**
     * @param variables of the process, for redriving dead letters
     * @param reloader answers null before the pipe has started
     * @throws ConfigException if traces cannot be made as the variables say
     */
    Instruments(
            Settings settings,
            Map<String, String> variables,
            Health health,
            Conduct conduct,
            Supplier<@Nullable Reloader> reloader)
            throws ConfigException {
        String version = Passport.version();
        Map<String, String> otel = settings.service().tracing();
        Tracing tracing = otel.isEmpty() ? null : Tracing.open(otel, settings.pipe(), version);
        this.onlookers = new Onlookers(tracing, new Taps(), new RecentDeaths());
        this.telemetry = new Telemetry(settings.pipe(), version, onlookers);
        this.passport = new Passport(settings, version);
        String to = redriveTo(settings.ends().source().endpoint());
        this.server = new Server(
                conduct,
                new Admission(token(settings)),
                onlookers,
                passport,
                new Management.View(health, telemetry),
                new Actions.Means(
                        reloader, tester, onlookers.deaths(), letters(variables), schemes(settings.ends()), to));
    }

    private static String token(Settings settings) {
        return settings.service()
                .management()
                .flatMap(Service.Management::token)
                .map(Secret::value)
                .orElse("");
    }

    private static Set<String> schemes(Ends ends) {
        Set<String> schemes = new TreeSet<>();
        schemes.add(ends.source().endpoint().scheme());
        schemes.add(ends.sink().endpoint().scheme());
        ends.labelled().values().forEach(end -> schemes.add(end.endpoint().scheme()));
        return schemes;
    }

    private static @Nullable DeadLetterPlace letters(Map<String, String> variables) {
        return SingleEnd.text("DEAD_LETTER_URI", variables)
                .map(uri -> new DeadLetterPlace(uri, variables, LETTERS_PATIENCE))
                .orElse(null);
    }

    /** Where redriven letters go: to our own port where the source listens, else null for where each came from. */
    private static @Nullable String redriveTo(Endpoint source) {
        return SourcePort.listens(source) ? SourcePort.here(source) : null;
    }

    Telemetry telemetry() {
        return telemetry;
    }

    Server server() {
        return server;
    }

    /** From now on these run. */
    void loaded(List<Stage.Factory> stages) {
        passport.loaded(stages);
        tester.loaded(stages);
    }

    /** The two ends, for people. */
    String ends() {
        return passport.source() + " → " + passport.sink();
    }

    /** Sends the last spans. */
    @Override
    public void close() {
        onlookers.close();
    }
}
