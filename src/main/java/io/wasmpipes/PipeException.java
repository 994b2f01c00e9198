package io.wasmpipes;

import org.jspecify.annotations.Nullable;

/** Something a pipe has an answer to. Its message is meant for people: no secrets, no bodies. */
public abstract sealed class PipeException extends Exception
        permits TransientException, PoisonException, ConfigException {
    private static final long serialVersionUID = 1L;

    PipeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
