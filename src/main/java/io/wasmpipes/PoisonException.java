package io.wasmpipes;

import org.jspecify.annotations.Nullable;

/** This message will never work: it goes to the dead letters, or is rejected. */
public final class PoisonException extends PipeException {
    private static final long serialVersionUID = 1L;

    private final String stage;

    /** Poison found by an end of the pipe. */
    public PoisonException(String message) {
        this("", message, null);
    }

    /** Poison found by the module with the alias {@code stage}. */
    public PoisonException(String stage, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.stage = stage;
    }

    /** The alias of the module that found it, empty for an end of the pipe. */
    public String stage() {
        return stage;
    }
}
