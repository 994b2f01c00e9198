package io.wasmpipes;

import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The surroundings an adapter is opened in.
 *
 * @param pipe PIPE_NAME
 * @param stateDir the one writable folder
 * @param clock the wall clock
 */
public record Context(String pipe, Limits limits, Path stateDir, InstantSource clock) {}
