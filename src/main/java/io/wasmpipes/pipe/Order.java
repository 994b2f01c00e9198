package io.wasmpipes.pipe;

import io.wasmpipes.Promise;
import java.util.Set;

/** Which messages must arrive in the order they came in. */
public enum Order {
    /** What the source itself promises. */
    AUTO,
    /** Messages of one key. */
    KEY,
    /** All messages: one lane. */
    SOURCE,
    /** None. */
    NONE;

    /** What AUTO stands for at a source of these promises; the others stand for themselves. */
    public Order resolve(Set<Promise> source) {
        if (this != AUTO) {
            return this;
        }
        if (source.contains(Promise.ORDERED)) {
            return SOURCE;
        }
        return source.contains(Promise.ORDERED_BY_KEY) ? KEY : NONE;
    }
}
