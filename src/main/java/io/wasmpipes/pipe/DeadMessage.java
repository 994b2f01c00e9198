package io.wasmpipes.pipe;

import io.wasmpipes.Message;
import java.time.Instant;

/**
 * A message that could never pass.
 *
 * @param id what its dead letter is called
 * @param message an input, or one poisoned output of it
 * @param module the alias of the module that found it, empty for an end of the pipe
 * @param attempts which delivery it was, from 1
 */
public record DeadMessage(
        String id, Instant time, Message message, String module, String reason, int attempts, Fate fate) {
    /** Where it is now. */
    public enum Fate {
        /** Among the dead letters. */
        KEPT,
        /** Its source was told that it was rejected. */
        REFUSED,
        /** Nowhere, as {@code on_reject=skip} wants it. */
        SKIPPED
    }

    /** Who found it, and what: {@code keep: not JSON at byte 0}. */
    public String why() {
        return (module.isEmpty() ? "" : module + ": ") + reason;
    }
}
