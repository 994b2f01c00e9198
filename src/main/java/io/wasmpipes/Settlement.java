package io.wasmpipes;

import java.time.Duration;
import java.util.List;

/** What becomes of a delivery at its source. */
public sealed interface Settlement {
    /** It is through, or safe among the dead letters. {@code reply} answers sources that can carry an answer. */
    record Done(List<Message> reply) implements Settlement {
        public static final Done SILENT = new Done(List.of());

        public Done {
            reply = List.copyOf(reply);
        }
    }

    /** Deliver it again, not before {@code delay} has passed. */
    record Retry(Duration delay, Throwable cause) implements Settlement {}

    /** It can never work and has no dead-letter sink: give it to the system's own, or drop it and say so to the sender. */
    record Reject(Throwable cause) implements Settlement {}
}
