package io.wasmpipes.adapter.pubsub;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;

/** What Pub/Sub refuses with, in words for people. */
final class Failures {
    private Failures() {}

    static StatusCode.Code code(Throwable failure) {
        return failure instanceof ApiException api ? api.getStatusCode().getCode() : StatusCode.Code.UNKNOWN;
    }

    /** Whether a new connection may help: another login, or a way out of one that nobody answers on. */
    static boolean ofTheConnection(Throwable failure) {
        return switch (code(failure)) {
            case UNAUTHENTICATED, PERMISSION_DENIED, DEADLINE_EXCEEDED -> true;
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    INTERNAL,
                    UNAVAILABLE,
                    DATA_LOSS -> false;
        };
    }

    /** The failure of a message that was refused by {@code place}. */
    static PipeException ofMessage(String place, Throwable failure) {
        return code(failure) == StatusCode.Code.INVALID_ARGUMENT
                ? new PoisonException(place + " refuses a message: " + reason(failure))
                : outage(place, failure);
    }

    static TransientException outage(String place, Throwable failure) {
        return TransientException.outage(
                switch (code(failure)) {
                    case NOT_FOUND -> place + " does not exist";
                    case UNAUTHENTICATED -> "Google refuses the credentials for " + place + ": " + reason(failure);
                    case PERMISSION_DENIED -> "Google forbids it for " + place + ": " + reason(failure);
                    case DEADLINE_EXCEEDED -> place + " does not answer in time";
                    case UNAVAILABLE -> place + " cannot be reached: " + reason(failure);
                    case RESOURCE_EXHAUSTED -> place + " is over its quota: " + reason(failure);
                    case OK,
                            CANCELLED,
                            UNKNOWN,
                            INVALID_ARGUMENT,
                            ALREADY_EXISTS,
                            FAILED_PRECONDITION,
                            ABORTED,
                            OUT_OF_RANGE,
                            UNIMPLEMENTED,
                            INTERNAL,
                            DATA_LOSS -> place + " fails: " + reason(failure);
                });
    }

    /** The innermost message: the outer ones only name classes and status codes. */
    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
