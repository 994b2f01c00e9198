package io.wasmpipes.wasm.engine;

import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;

/**
 * A function offered to guests.
 *
 * @param blocks whether it waits for something outside, so that its time does not count against the guest
 */
public record HostFunction(String module, String name, Signature signature, boolean blocks, Body body) {
    /** A function that computes. */
    public static HostFunction of(String module, String name, String signature, Body body) {
        return new HostFunction(module, name, Signature.of(signature), false, body);
    }

    /** A function that waits for something outside. */
    public static HostFunction blocking(String module, String name, String signature, Body body) {
        return new HostFunction(module, name, Signature.of(signature), true, body);
    }

    String key() {
        return module + "." + name;
    }

    /** What it does; runs on the guest's thread. What it throws ends the guest's call and is thrown there again. */
    @FunctionalInterface
    public interface Body {
        /** The result is ignored if the signature has none. An i32 is passed in the low 32 bits. */
        long call(GuestMemory memory, long[] arguments)
                throws TransientException, PoisonException, InterruptedException;
    }
}
