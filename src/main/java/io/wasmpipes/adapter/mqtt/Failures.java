package io.wasmpipes.adapter.mqtt;

import com.hivemq.client.mqtt.exceptions.ConnectionClosedException;
import com.hivemq.client.mqtt.exceptions.ConnectionFailedException;
import com.hivemq.client.mqtt.exceptions.MqttEncodeException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAckReturnCode;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.Mqtt5ReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What the client's exceptions mean. */
final class Failures {
    /** Refusals that say something about the message; any other may pass later. */
    private static final Set<String> OF_THE_MESSAGE =
            Set.of("TOPIC_NAME_INVALID", "PAYLOAD_FORMAT_INVALID", "PACKET_TOO_LARGE");

    private Failures() {}

    static void rethrow(Throwable failure) {
        throw new CompletionException(failure);
    }

    /** How a publish has failed. */
    static PipeException ofPublish(MqttSettings.Server server, Throwable failure) {
        Throwable cause = bare(failure);
        return switch (cause) {
            case Mqtt5PubAckException e -> refused(server, e.getMqttMessage().getReasonCode(), e);
            case Mqtt5PubRecException e -> refused(server, e.getMqttMessage().getReasonCode(), e);
            case MqttEncodeException e -> new PoisonException("MQTT cannot carry it: " + e.getMessage());
            default -> ofConnection(server, cause);
        };
    }

    private static PipeException refused(MqttSettings.Server server, Mqtt5ReasonCode code, Throwable cause) {
        String text = server + " refuses a message: " + words(code);
        return OF_THE_MESSAGE.contains(code.toString())
                ? new PoisonException(text)
                : TransientException.outage(text, cause);
    }

    /** Whether we have hung up because the server sent more than the receive maximum. */
    static boolean isOverrun(Throwable failure) {
        return bare(failure) instanceof Mqtt5DisconnectException e
                && e.getMqttMessage().getReasonCode() == Mqtt5DisconnectReasonCode.RECEIVE_MAXIMUM_EXCEEDED;
    }

    /** How a connection has failed or ended. */
    static TransientException ofConnection(MqttSettings.Server server, Throwable failure) {
        Throwable cause = bare(failure);
        return switch (cause) {
            case Mqtt5ConnAckException e -> {
                Mqtt5ConnAckReasonCode code = e.getMqttMessage().getReasonCode();
                boolean login = code == Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD
                        || code == Mqtt5ConnAckReasonCode.NOT_AUTHORIZED;
                yield TransientException.outage(refusal(server, login, words(code)));
            }
            case Mqtt3ConnAckException e -> {
                Mqtt3ConnAckReturnCode code = e.getMqttMessage().getReturnCode();
                boolean login = code == Mqtt3ConnAckReturnCode.BAD_USER_NAME_OR_PASSWORD
                        || code == Mqtt3ConnAckReturnCode.NOT_AUTHORIZED;
                yield TransientException.outage(refusal(server, login, words(code)));
            }
            case Mqtt5SubAckException e ->
                TransientException.outage(server + " refuses the subscription: "
                        + e.getMqttMessage().getReasonCodes());
            case Mqtt5DisconnectException e ->
                TransientException.outage(
                        server + " has ended the connection: "
                                + words(e.getMqttMessage().getReasonCode()),
                        e);
            case ConnectionFailedException e -> TransientException.outage(server + " does not answer" + detail(e), e);
            case ConnectionClosedException e ->
                TransientException.outage("the connection to " + server + " is lost", e);
            default -> TransientException.outage("the connection to " + server + " has failed" + detail(cause), cause);
        };
    }

    private static String refusal(MqttSettings.Server server, boolean login, String reason) {
        return server + (login ? " refuses the credentials: " : " refuses the connection: ") + reason;
    }

    private static String detail(Throwable failure) {
        return failure.getMessage() == null ? "" : ": " + failure.getMessage();
    }

    private static String words(Object code) {
        return code.toString().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static Throwable bare(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
