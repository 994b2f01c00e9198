package io.wasmpipes.cases;

import io.wasmpipes.Message;
import io.wasmpipes.wasm.http.HttpCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One case of a {@code cases.yaml}: messages in a row to one chain with one configuration and one cache.
 *
 * @param config of each module by its alias; that of the only module stands under the empty name
 * @param now what the clock shows when the first message comes; it goes on only by {@link Step#after}
 * @param seed of the random numbers
 * @param http what hosts answer, by {@code METHOD URL}; every other host is not allowed
 * @param startRefused whether the chain must not start
 * @param startReason part of why it does not
 * @param cacheAfter the whole cache afterwards, empty if it is not compared
 */
public record ModuleCase(
        String name,
        Map<String, Map<String, String>> config,
        Map<String, String> cache,
        Instant now,
        long seed,
        Map<String, HttpCalls.Reply> http,
        boolean startRefused,
        String startReason,
        List<Step> steps,
        Optional<Map<String, String>> cacheAfter) {
    /** What the chain does with a message. */
    public enum Verdict {
        ACCEPT,
        REJECT,
        RETRY
    }

    /**
     * One message and what must come of it.
     *
     * @param after how far the clock goes on before
     * @param reason part of what a refused message is told
     */
    public record Step(
            Duration after,
            Message input,
            List<Expected> outputs,
            Verdict verdict,
            String reason,
            Optional<Map<String, Long>> counts) {}

    /** An output; headers and key are compared where given. */
    public record Expected(Message message, boolean headers, boolean key) {}
}
