package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.PoisonException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one output of a guest that changes its message in place. One thread. */
final class Draft {
    private final Turn turn;
    private final List<Header> headers;
    private Bytes body;

    Draft(Turn turn) {
        this.turn = turn;
        this.headers = new ArrayList<>(turn.input().headers().list());
        this.body = turn.input().body();
    }

    /** @throws PoisonException if there is no message, as while a guest starts */
    static Draft inHand(Supplier<@Nullable Draft> drafts) throws PoisonException {
        Draft current = drafts.get();
        if (current == null) {
            throw new PoisonException("used a message before it was given one");
        }
        return current;
    }

    Turn turn() {
        return turn;
    }

    Bytes body() {
        return body;
    }

    void body(Bytes next) throws PoisonException {
        turn.count(next.length());
        body = next;
    }

    /** The value of a header, empty if there is none. */
    Bytes header(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .findFirst()
                .map(Header::bytes)
                .orElse(Bytes.EMPTY);
    }

    List<Header> headers() {
        return headers;
    }

    boolean has(String name) {
        return headers.stream().anyMatch(header -> header.name().equalsIgnoreCase(name));
    }

    void remove(String name) {
        headers.removeIf(header -> header.name().equalsIgnoreCase(name));
    }

    void set(String name, Bytes value) throws PoisonException {
        turn.count(name.length() + value.length());
        remove(name);
        headers.add(Header.of(name, value));
    }

    /** Makes it the message's output. */
    void emit() throws PoisonException {
        turn.emit(body, null, Headers.of(headers));
    }
}
