package io.wasmpipes.wasm.cases;

import io.wasmpipes.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One case of a {@code cases.yaml}: messages in a row to one module with one configuration and one cache.
 *
 * @param startRefused whether the module must not start
 * @param startReason part of why it does not
 * @param cacheAfter the whole cache afterwards, empty if it is not compared
 */
public record ModuleCase(
        String name,
        Map<String, String> config,
        Map<String, String> cache,
        boolean startRefused,
        String startReason,
        List<Step> steps,
        Optional<Map<String, String>> cacheAfter) {
    /** What the module does with a message. */
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
