package io.wasmpipes;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** It may work later: a system is away, or this one message cannot be taken now. */
public final class TransientException extends PipeException {
    private static final long serialVersionUID = 1L;

    /** Whose failure it is. */
    public enum Scope {
        /** The system's: unreachable, overloaded, credentials refused. The pipe holds what it has until it is back. */
        OUTAGE,
        /** This message's own: it is retried for a bounded time and then handed back. */
        MESSAGE
    }

    private final Scope scope;
    private final @Nullable Duration retryAfter;

    private TransientException(Scope scope, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.scope = scope;
        this.retryAfter = retryAfter;
    }

    public static TransientException outage(String message) {
        return new TransientException(Scope.OUTAGE, message, null, null);
    }

    public static TransientException outage(String message, Throwable cause) {
        return new TransientException(Scope.OUTAGE, message, null, cause);
    }

    public static TransientException message(String message) {
        return new TransientException(Scope.MESSAGE, message, null, null);
    }

    public static TransientException message(String message, @Nullable Duration retryAfter) {
        return new TransientException(Scope.MESSAGE, message, retryAfter, null);
    }

    public Scope scope() {
        return scope;
    }

    /** How long the other side asked to wait, null if it did not say. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
