package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Sink;
import io.wasmpipes.cli.Redrive;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sinks that dead letters go to, each opened once. */
final class RedriveTargets implements Redrive.Targets, AutoCloseable {
    /** Opens a sink. */
    interface Opener {
        Sink open(String uri) throws ConfigException;
    }

    private final Opener opener;
    private final @Nullable String to;
    private final Map<String, Sink> open = new HashMap<>();

    /** {@code to}: where all go; null for where each came from. */
    RedriveTargets(Opener opener, @Nullable String to) {
        this.opener = opener;
        this.to = to;
    }

    @Override
    public Sink of(String source) throws ConfigException {
        String uri = to == null ? source : to;
        Sink sink = open.get(uri);
        if (sink == null) {
            sink = open(uri);
            open.put(uri, sink);
        }
        return sink;
    }

    private Sink open(String uri) throws ConfigException {
        try {
            return opener.open(uri);
        } catch (ConfigException e) {
            throw to != null
                    ? e
                    : new ConfigException(
                            "dlq",
                            uri,
                            "is where the letters came from, and nothing can be sent there: say --to URI",
                            "");
        }
    }

    @Override
    public void close() {
        open.values().forEach(Sink::close);
    }
}
