package io.wasmpipes.adapter.servicebus;

import com.azure.core.amqp.models.AmqpMessageBody;
import com.azure.core.amqp.models.AmqpMessageBodyType;
import com.azure.core.util.BinaryData;
import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as Service Bus carries it: the body as data, headers as application properties of type string, those of one name
 * joined by commas; the key as session id, the id as message id.
 */
final class Wire {
    private static final int LONGEST_ID = 128;

    private Wire() {}

    static ServiceBusMessage pack(Message message) throws PoisonException {
        ServiceBusMessage packed =
                new ServiceBusMessage(BinaryData.fromBytes(message.body().readOnlyArray()));
        Map<String, Object> properties = packed.getApplicationProperties();
        for (Header header : message.headers()) {
            properties.merge(header.name(), header.text(), (a, b) -> a + "," + b);
        }
        if (!message.id().isNone()) {
            packed.setMessageId(shortened(message.id()));
        }
        String key = message.key();
        if (key != null && !key.isEmpty()) {
            if (key.length() > LONGEST_ID) {
                throw new PoisonException("a key of " + key.length() + " characters is above the " + LONGEST_ID
                        + " that a session id may have");
            }
            packed.setSessionId(key);
        }
        return packed;
    }

    /** Ids that are too long for a message id are hashed, always to the same. */
    private static String shortened(Id id) {
        return id.value().length() <= LONGEST_ID
                ? id.value()
                : id.derive("azuresb", "", 0, "").value();
    }

    static Message unpack(String entity, ServiceBusReceivedMessage packed) {
        List<Header> headers = new ArrayList<>();
        packed.getApplicationProperties().forEach((name, value) -> headers.add(header(name, value)));
        OffsetDateTime time = packed.getEnqueuedTime();
        return new Message(
                new Id(entity + "-" + packed.getSequenceNumber()),
                body(packed.getRawAmqpMessage().getBody()),
                Headers.of(headers),
                key(packed),
                null,
                time == null ? null : time.toInstant());
    }

    private static Header header(String name, @Nullable Object value) {
        return switch (value) {
            case null -> Header.of(name, "");
            case byte[] bytes -> Header.of(name, Bytes.wrap(bytes));
            default -> Header.of(name, value.toString());
        };
    }

    private static @Nullable String key(ServiceBusReceivedMessage packed) {
        String session = packed.getSessionId();
        return session == null ? packed.getPartitionKey() : session;
    }

    /** Other senders may write a value or a list instead of data. */
    private static Bytes body(AmqpMessageBody body) {
        if (body.getBodyType() == AmqpMessageBodyType.DATA) {
            return Bytes.wrap(body.getFirstData());
        }
        Object value = body.getBodyType() == AmqpMessageBodyType.VALUE ? body.getValue() : body.getSequence();
        return switch (value) {
            case null -> Bytes.EMPTY;
            case byte[] bytes -> Bytes.wrap(bytes);
            default -> Bytes.utf8(value.toString());
        };
    }

    static Instant lockedUntil(ServiceBusReceivedMessage packed, Instant otherwise) {
        OffsetDateTime until = packed.getLockedUntil();
        return until == null ? otherwise : until.toInstant();
    }
}
