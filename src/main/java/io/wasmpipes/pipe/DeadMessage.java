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
 * @param kept whether it is among the dead letters; else its source was told
 */
public record DeadMessage(
        String id, Instant time, Message message, String module, String reason, int attempts, boolean kept) {
    /** Who found it, and what: {@code keep: not JSON at byte 0}. */
    public String why() {
        return (module.isEmpty() ? "" : module + ": ") + reason;
    }
}
