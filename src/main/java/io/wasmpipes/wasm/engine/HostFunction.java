package io.wasmpipes.wasm.engine;

import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;

/** A function offered to guests. */
public record HostFunction(String module, String name, Signature signature, Reach reach, Body body) {
    /** How far a call gets. */
    public enum Reach {
        /** It computes, with what belongs to the message in hand. */
        OWN,
        /** It calls code that others use too. */
        SHARED,
        /** So it does, and may wait for something outside: its time does not count against the guest. */
        OUTSIDE
    }

    /** A function that computes. */
    public static HostFunction of(String module, String name, String signature, Body body) {
        return new HostFunction(module, name, Signature.of(signature), Reach.OWN, body);
    }

    /** A function that calls code that others use too. */
    public static HostFunction shared(String module, String name, String signature, Body body) {
        return new HostFunction(module, name, Signature.of(signature), Reach.SHARED, body);
    }

    /** A function that may wait for something outside. */
    public static HostFunction blocking(String module, String name, String signature, Body body) {
        return new HostFunction(module, name, Signature.of(signature), Reach.OUTSIDE, body);
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
