package io.wasmpipes.adapter.servicebus;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.core.exception.ClientAuthenticationException;
import com.azure.messaging.servicebus.ServiceBusException;
import com.azure.messaging.servicebus.ServiceBusFailureReason;
import io.wasmpipes.TransientException;
import org.jspecify.annotations.Nullable;

/** What the client's exceptions mean. */
final class Failures {
    private Failures() {}

    static TransientException outage(ServiceBusSettings settings, Throwable failure) {
        return TransientException.outage(settings + " " + meaning(failure) + ": " + text(failure), failure);
    }

    private static String meaning(Throwable failure) {
        AmqpErrorCondition condition = condition(failure);
        if (is(failure, ServiceBusFailureReason.UNAUTHORIZED)
                || condition == AmqpErrorCondition.UNAUTHORIZED_ACCESS
                || cause(failure, ClientAuthenticationException.class) != null) {
            return "refuses the login";
        }
        if (is(failure, ServiceBusFailureReason.MESSAGING_ENTITY_NOT_FOUND)
                || condition == AmqpErrorCondition.NOT_FOUND) {
            return "is missing";
        }
        if (is(failure, ServiceBusFailureReason.MESSAGING_ENTITY_DISABLED)) {
            return "is disabled";
        }
        if (is(failure, ServiceBusFailureReason.QUOTA_EXCEEDED)
                || condition == AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED) {
            return "is full";
        }
        if (is(failure, ServiceBusFailureReason.SERVICE_BUSY) || condition == AmqpErrorCondition.SERVER_BUSY_ERROR) {
            return "is busy";
        }
        return "failed";
    }

    /** Whether the lock that a settlement or renewal needs has ended: somebody else has the message, or nobody. */
    static boolean lockLost(Throwable failure) {
        AmqpErrorCondition condition = condition(failure);
        return is(failure, ServiceBusFailureReason.MESSAGE_LOCK_LOST)
                || is(failure, ServiceBusFailureReason.MESSAGE_NOT_FOUND)
                || is(failure, ServiceBusFailureReason.SESSION_LOCK_LOST)
                || condition == AmqpErrorCondition.MESSAGE_LOCK_LOST
                || condition == AmqpErrorCondition.MESSAGE_NOT_FOUND
                || condition == AmqpErrorCondition.SESSION_LOCK_LOST;
    }

    /** Whether nobody answered in the time that the service or the client gives itself. */
    static boolean timedOut(Throwable failure) {
        return is(failure, ServiceBusFailureReason.SERVICE_TIMEOUT)
                || condition(failure) == AmqpErrorCondition.TIMEOUT_ERROR;
    }

    static boolean tooLarge(Throwable failure) {
        return is(failure, ServiceBusFailureReason.MESSAGE_SIZE_EXCEEDED)
                || condition(failure) == AmqpErrorCondition.LINK_PAYLOAD_SIZE_EXCEEDED;
    }

    private static boolean is(Throwable failure, ServiceBusFailureReason reason) {
        ServiceBusException found = cause(failure, ServiceBusException.class);
        return found != null && reason.equals(found.getReason());
    }

    private static @Nullable AmqpErrorCondition condition(Throwable failure) {
        AmqpException found = cause(failure, AmqpException.class);
        return found == null ? null : found.getErrorCondition();
    }

    private static <E extends Throwable> @Nullable E cause(Throwable failure, Class<E> kind) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (kind.isInstance(each)) {
                return kind.cast(each);
            }
        }
        return null;
    }

    /** The innermost text, without the client's context. */
    private static String text(Throwable failure) {
        Throwable inner = failure;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        String message = inner.getMessage();
        String text = message == null ? inner.getClass().getSimpleName() : message;
        int context = text.indexOf(", errorContext[");
        return context < 0 ? text : text.substring(0, context);
    }
}
