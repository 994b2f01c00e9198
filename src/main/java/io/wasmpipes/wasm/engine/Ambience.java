package io.wasmpipes.wasm.engine;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * What guests of WASI are told of the world.
 *
 * @param clock the time, which also stands for a clock that never goes back
 * @param random safe from any thread
 */
public record Ambience(InstantSource clock, RandomGenerator random) {}
