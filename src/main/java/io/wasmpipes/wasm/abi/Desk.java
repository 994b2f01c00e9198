package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import org.jspecify.annotations.Nullable;

/** Where host functions find the turn they serve, and the last answer that may not have fitted. One thread. */
final class Desk {
    private @Nullable Turn turn;
    private Bytes answer = Bytes.EMPTY;
    private String refusal = "";

    void begin(Turn next) {
        turn = next;
    }

    void end() {
        turn = null;
        answer = Bytes.EMPTY;
    }

    /** @throws PoisonException if the guest has no message, as while it starts */
    Turn turn() throws PoisonException {
        Turn current = turn;
        if (current == null) {
            throw new PoisonException("used a message, an output or the cache before it was given a message");
        }
        return current;
    }

    /** Why the message, or before there is one the start, fails. */
    void fail(String why) {
        Turn current = turn;
        if (current == null) {
            refusal = why;
        } else {
            current.fail(why);
        }
    }

    /** Why the guest does not start, empty if it gave no reason. */
    String refusal() {
        return refusal;
    }

    Bytes answer() {
        return answer;
    }

    void answer(Bytes bytes) {
        answer = bytes;
    }
}
