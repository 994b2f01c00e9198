package io.wasmpipes.app;

import io.wasmpipes.Message;
import io.wasmpipes.pipe.DeadMessage;
import io.wasmpipes.pipe.Pipe;
import io.wasmpipes.pipe.Trail;
import io.wasmpipes.trace.Tracing;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who looks at single messages: traces, taps, and the log where they die. Thread-safe.
 *
 * @param tracing null where no traces are wanted
 */
record Onlookers(@Nullable Tracing tracing, Taps taps, RecentDeaths deaths) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pipe.class);

    Trail follow(Message input, int attempt) {
        Trail trail = tracing == null ? Trail.NONE : tracing.follow(input, attempt);
        return Both.of(trail, taps.follow(input, attempt));
    }

    void died(DeadMessage dead) {
        deaths.add(dead);
        LOG.warn(
                "{} id={} attempts={}: {}",
                dead.kept() ? "dead letter" : "rejected",
                dead.id(),
                dead.attempts(),
                dead.why());
    }

    @Override
    public void close() {
        if (tracing != null) {
            tracing.close();
        }
    }
}
