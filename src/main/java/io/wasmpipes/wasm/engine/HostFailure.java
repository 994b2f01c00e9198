package io.wasmpipes.wasm.engine;

import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;

/** Carries a checked exception of a host function through the guest's frames, out to {@link Guest}. */
final class HostFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Exception why;

    HostFailure(PipeException why) {
        super(null, why, false, false);
        this.why = why;
    }

    HostFailure(InterruptedException why) {
        super(null, why, false, false);
        this.why = why;
    }

    /** Throws what it carries, poison with the stage's name in it. */
    void rethrow(String alias) throws TransientException, PoisonException, InterruptedException {
        switch (why) {
            case TransientException outage -> throw outage;
            case InterruptedException stop -> throw stop;
            case PoisonException poison ->
                throw new PoisonException(alias, String.valueOf(poison.getMessage()), poison.getCause());
            default -> throw new IllegalStateException("host functions do not throw this", why);
        }
    }
}
