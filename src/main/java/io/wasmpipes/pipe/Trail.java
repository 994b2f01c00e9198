package io.wasmpipes.pipe;

import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PipeException;
import java.util.List;

/**
 * Follows one delivery through the pipe, for traces and for people who watch. Called by one thread at a time, from the
 * pipe's own: must return quickly and never throw. Times are of {@link System#nanoTime}.
 */
public interface Trail {
    /** Nobody follows. */
    Trail NONE = new Trail() {};

    /** How it ended. */
    enum Ending {
        /** Its outputs are confirmed, if there were any. */
        DONE,
        DEAD_LETTER,
        REJECTED,
        HANDED_BACK,
        /** Its lease, channel or request ended first. */
        LAPSED
    }

    /** What log lines call its trace; empty if it is in none. */
    default String trace() {
        return "";
    }

    /** It was somewhere from {@code startNanos} until now: {@code wait} for its lane, {@code commit} or {@code settle}. */
    default void hop(String hop, long startNanos) {}

    /** A module has made {@code outputs} of {@code input}. */
    default void ran(String module, Message input, List<Message> outputs, long startNanos) {}

    /** A module could do nothing with {@code input}. */
    default void failed(String module, Message input, PipeException why, long startNanos) {}

    /** An output sets out for a sink. */
    default Passage departs(Outlet outlet, Message output) {
        return Passage.NONE;
    }

    /** Nothing more will be told of it. */
    default void ended(Ending ending, String why) {}

    /** One output on its way to one sink. */
    interface Passage {
        Passage NONE = new Passage() {};

        /** Headers by which whoever receives it can follow on; they replace others of the same names. */
        default Headers headers() {
            return Headers.EMPTY;
        }

        /** It is with its sink, or safe among the dead letters. */
        default void arrived() {}

        /** An attempt has failed; others may follow. */
        default void failed(PipeException why) {}

        /** It will not be sent: its message runs again, or has ended otherwise. */
        default void dropped() {}
    }
}
