package io.wasmpipes.adapter.timer;

import io.wasmpipes.Adapter;
import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Facts;
import io.wasmpipes.Options;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * {@code timer:?period=1s&repeat=10&body=…}: the first message at once, then one per period; the header {@code tick}
 * counts from 1. Without {@code repeat} for ever. Ticks that nobody had room for are not made up for.
 */
public final class TimerAdapter implements Adapter {
    record Settings(Duration period, int repeat, Bytes body) {
        static Settings parse(Endpoint endpoint, Problems problems) {
            Options options = new Options(endpoint, problems);
            Duration period = options.duration("period", Duration.ofSeconds(1));
            if (period.toMillis() < 1) {
                options.wrong("period", options.text("period", ""), "must be at least 1ms");
            }
            int repeat = options.integer("repeat", 0, 0, Integer.MAX_VALUE);
            Bytes body = Bytes.utf8(options.text("body", ""));
            options.rejectUnknown();
            return new Settings(period, repeat, body);
        }
    }

    @Override
    public Set<String> schemes() {
        return Set.of("timer");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role == Endpoint.Role.SOURCE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        Settings.parse(endpoint, problems);
        return problems.list();
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        return Set.of(Promise.ORDERED);
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        return Facts.source("has nothing to acknowledge", "cannot take it back", Facts.NO_PLACE)
                .withLimits("ticks for which there is no room are not made up for");
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        Problems problems = new Problems();
        Settings settings = Settings.parse(endpoint, problems);
        problems.throwIfAny();
        return new TimerSource(settings, context.clock());
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        throw new ConfigException(endpoint.variable(), endpoint.toString(), "cannot be a sink", "");
    }
}
