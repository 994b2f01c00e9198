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

    /** The reason may be in words that a module or a sink has taken from the message: it is logged only where nobody else has it. */
    void died(DeadMessage dead) {
        deaths.add(dead);
        String finder = dead.module().isEmpty() ? "" : " module=" + dead.module();
        switch (dead.fate()) {
            case KEPT -> LOG.warn("dead letter id={}{} attempts={}", dead.id(), finder, dead.attempts());
            case REFUSED -> LOG.warn("rejected id={}{} attempts={}", dead.id(), finder, dead.attempts());
            case SKIPPED -> LOG.warn("rejected message skipped id={}{} reason={}", dead.id(), finder, dead.reason());
        }
    }

    @Override
    public void close() {
        if (tracing != null) {
            tracing.close();
        }
    }
}
