package io.wasmpipes.pipe;

import io.wasmpipes.Message;
import io.wasmpipes.PipeException;
import io.wasmpipes.TransientException;
import org.jspecify.annotations.Nullable;

/** One output on its way to one sink. Owned by a lane. */
final class Parcel {
    final Message message;
    final Outlet outlet;
    private final Trail.Passage passage;
    private boolean delivered;
    private @Nullable PipeException failure;
    private int failures;
    private long lastNanos;
    private long previousNanos;

    Parcel(Message message, Outlet outlet, Trail.Passage passage) {
        this.message = message;
        this.outlet = outlet;
        this.passage = passage;
    }

    /** It is with its sink, or safe among the dead letters. */
    void deliver() {
        delivered = true;
        failure = null;
        passage.arrived();
    }

    void fail(PipeException why) {
        failure = why;
        failures++;
        passage.failed(why);
        previousNanos = lastNanos;
        lastNanos = System.nanoTime();
    }

    /** It will not be sent. */
    void drop() {
        if (!delivered) {
            passage.dropped();
        }
    }

    /**
     * Whether its sink is away, as it says. A sink that has taken other messages between two failures of this one is not:
     * then the failure is this message's own.
     */
    boolean meetsOutage(Shared.Evidence evidence) {
        return failure instanceof TransientException t
                && t.scope() == TransientException.Scope.OUTAGE
                && !(failures > 1 && evidence.confirmedSince(outlet, previousNanos));
    }

    boolean delivered() {
        return delivered;
    }

    @Nullable
    PipeException failure() {
        return failure;
    }
}
