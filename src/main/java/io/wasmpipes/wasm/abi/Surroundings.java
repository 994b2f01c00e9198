package io.wasmpipes.wasm.abi;

import io.wasmpipes.Headers;
import io.wasmpipes.wasm.engine.GuestLimits;
import io.wasmpipes.wasm.http.HttpCalls;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a module is given besides messages.
 *
 * @param config its own configuration; keys are found without regard to case
 * @param random shared by all lanes, so it must be safe from any thread
 * @param http makes its requests, null if it may make none
 */
public record Surroundings(
        Map<String, String> config,
        GuestLimits guest,
        OutputLimits outputs,
        CacheLimits cache,
        InstantSource clock,
        RandomGenerator random,
        @Nullable HttpCalls http) {
    public Surroundings {
        Map<String, String> folded = new HashMap<>();
        config.forEach((key, value) -> folded.put(Headers.fold(key), value));
        config = Map.copyOf(folded);
    }
}
