package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A guest's turn with one message: what it was given and what it has made of it so far. */
final class Turn {
    private final Message input;
    private final Scope scope;
    private final OutputLimits limits;
    private final GuestCache cache;
    private final List<Message> outputs = new ArrayList<>(1);
    private final List<Header> headers = new ArrayList<>(0);
    private boolean inherits = true;
    private @Nullable String key;
    private long bytes;
    private boolean dropped;
    private String reason = "";
    private @Nullable Duration retryAfter;

    Turn(Message input, Scope scope, Surroundings surroundings) {
        this.input = input;
        this.scope = scope;
        this.limits = surroundings.outputs();
        this.cache = new GuestCache(scope, surroundings.cache());
    }

    Message input() {
        return input;
    }

    Scope scope() {
        return scope;
    }

    GuestCache cache() {
        return cache;
    }

    List<Message> outputs() {
        return outputs;
    }

    boolean dropped() {
        return dropped;
    }

    void drop() {
        dropped = true;
    }

    /** The reason the guest gave, or {@code otherwise}. */
    String reason(String otherwise) {
        return reason.isEmpty() ? otherwise : reason;
    }

    void fail(String why) {
        reason = why;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    void retryAfter(Duration delay) {
        retryAfter = delay;
    }

    /** Sets a header of the next output, in place of those of the same name. */
    void setHeader(Header header) throws PoisonException {
        count(header.size());
        headers.removeIf(earlier -> earlier.name().equalsIgnoreCase(header.name()));
        headers.add(header);
    }

    /** The next output has only the headers set after this. */
    void clearHeaders() {
        headers.clear();
        inherits = false;
    }

    void setKey(String newKey) throws PoisonException {
        count(newKey.length());
        key = newKey;
    }

    void emit(Bytes body, @Nullable String label) throws PoisonException {
        emit(body, label, outputHeaders());
    }

    /** As {@link #emit(Bytes, String)}, with these headers and no others. */
    void emit(Bytes body, @Nullable String label, Headers all) throws PoisonException {
        if (outputs.size() >= limits.count()) {
            throw new PoisonException("made more outputs than WASM_OUTPUTS_MAX=" + limits.count());
        }
        count(body.length());
        String outputKey = key == null ? input.key() : key;
        outputs.add(new Message(input.id(), body, all, outputKey, label, input.time()));
        headers.clear();
        inherits = true;
        key = null;
    }

    private Headers outputHeaders() {
        Headers inherited = inherits ? input.headers() : Headers.EMPTY;
        if (headers.isEmpty()) {
            return inherited;
        }
        List<Header> all = new ArrayList<>();
        for (Header header : inherited) {
            if (headers.stream().noneMatch(set -> set.name().equalsIgnoreCase(header.name()))) {
                all.add(header);
            }
        }
        all.addAll(headers);
        return Headers.of(all);
    }

    /** Counts bytes that will be part of an output. */
    void count(int more) throws PoisonException {
        bytes += more;
        if (bytes > limits.bytes()) {
            throw limits.exceeded();
        }
    }
}
