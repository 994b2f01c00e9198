package io.wasmpipes;

import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The surroundings an adapter is opened in.
 *
 * @param pipe PIPE_NAME
 * @param stateDir the one writable folder
 * @param clock the wall clock
 * @param source where the pipe reads from, for sinks that work together with it; null if that does not matter
 */
public record Context(
        String pipe,
        Limits limits,
        Path stateDir,
        InstantSource clock,
        @Nullable Endpoint source) {
    /** Surroundings without a source. */
    public Context(String pipe, Limits limits, Path stateDir, InstantSource clock) {
        this(pipe, limits, stateDir, clock, null);
    }
}
