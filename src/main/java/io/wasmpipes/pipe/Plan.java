package io.wasmpipes.pipe;

import io.wasmpipes.Cache;
import io.wasmpipes.Limits;
import io.wasmpipes.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a pipe is made of.
 *
 * @param name PIPE_NAME
 * @param sink where unlabelled outputs go; null: back to the sender ({@code reply:})
 * @param labelled the sinks of labelled outputs, by label
 * @param deadLetters null: poison is rejected at the source
 * @param stages the chain to begin with, in order; the pipe opens one stage of each for each lane
 * @param cache shared by all lanes; null only where there are no stages
 * @param policy the knobs
 */
public record Plan(
        String name,
        Inlet source,
        @Nullable Outlet sink,
        Map<String, Outlet> labelled,
        @Nullable Outlet deadLetters,
        List<Stage.Factory> stages,
        @Nullable Cache cache,
        Policy policy) {
    public Plan {
        labelled = Map.copyOf(labelled);
        stages = List.copyOf(stages);
        if (cache == null && !stages.isEmpty()) {
            throw new IllegalArgumentException("stages need a cache");
        }
    }

    /**
     * The knobs of a pipe.
     *
     * @param workers lanes, at least 1; one where the order is that of the source
     * @param deadLetterLimit when more than {@code count} of the last {@code of} messages were dead-lettered, the pipe stops asking
     * @param drain how long a stopping pipe may take to bring through what it has: SHUTDOWN_TIMEOUT
     * @param hopLimit a message that has passed more pipes is poison: HOP_LIMIT
     */
    public record Policy(
            int workers,
            Order order,
            Limits limits,
            Retry retry,
            DeadLetterLimit deadLetterLimit,
            Duration drain,
            OptionalInt hopLimit) {
        /** Without a limit of hops. */
        public Policy(
                int workers, Order order, Limits limits, Retry retry, DeadLetterLimit deadLetterLimit, Duration drain) {
            this(workers, order, limits, retry, deadLetterLimit, drain, OptionalInt.empty());
        }

        public Policy {
            if (workers < 1) {
                throw new IllegalArgumentException("WORKERS must be at least 1, was " + workers);
            }
        }
    }

    /** So many of so many. */
    public record DeadLetterLimit(int count, int of) {
        public static final DeadLetterLimit DEFAULT = new DeadLetterLimit(20, 1000);
    }
}
