package io.wasmpipes.adapter.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.Return;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a message lies in AMQP: headers as the headers table, as go-cloud has it. */
final class Wire {
    private static final int PERSISTENT = 2;
    private static final String CONTENT_TYPE = "Content-Type";
    private static final String DELIVERY_COUNT = "x-delivery-count";

    /** The broker's own: it refuses them as text, or counts by them. */
    private static final Set<String> RESERVED = Set.of(
            "CC",
            "BCC",
            "x-death",
            "x-first-death-exchange",
            "x-first-death-queue",
            "x-first-death-reason",
            "x-last-death-exchange",
            "x-last-death-queue",
            "x-last-death-reason",
            DELIVERY_COUNT,
            "x-acquired-count");

    private final boolean ids;
    private final OptionalInt limit;
    private final RabbitSettings.Writing writing;

    Wire(RabbitSettings settings) {
        this.ids = settings.reading().ids();
        this.limit = settings.reading().deliveryLimit();
        this.writing = settings.writing();
    }

    /** What a message is on the wire. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    record Packet(String routingKey, AMQP.BasicProperties properties, byte[] body) {
        /** Whether this is what came back with these parts. */
        boolean isThis(String otherKey, AMQP.BasicProperties other, byte[] otherBody) {
            return routingKey.equals(otherKey)
                    && Arrays.equals(body, otherBody)
                    && decode(properties.getHeaders()).equals(decode(other.getHeaders()));
        }
    }

    Packet pack(Message message) throws PoisonException {
        Map<String, Object> table = new HashMap<>();
        String routingKey = writing.routingKey();
        for (Header header : message.headers()) {
            if (header.name().equals(writing.keyName())) {
                routingKey = header.text();
            } else if (!RESERVED.contains(header.name())) {
                limit("a header name", header.name());
                table.put(
                        header.name(),
                        header.isText() ? header.text() : header.bytes().toArray());
            }
        }
        limit("the routing key", routingKey);
        AMQP.BasicProperties.Builder properties =
                new AMQP.BasicProperties.Builder().headers(table).deliveryMode(PERSISTENT);
        message.headers()
                .first(CONTENT_TYPE)
                .filter(type -> RabbitSettings.bytes(type) <= RabbitSettings.SHORT)
                .ifPresent(properties::contentType);
        if (!message.id().isNone()) {
            limit("the message id", message.id().value());
            properties.messageId(message.id().value());
        }
        return new Packet(routingKey, properties.build(), message.body().readOnlyArray());
    }

    private static void limit(String what, String text) throws PoisonException {
        int length = RabbitSettings.bytes(text);
        if (length > RabbitSettings.SHORT) {
            throw new PoisonException(
                    what + " of " + length + " bytes is above the " + RabbitSettings.SHORT + " that RabbitMQ takes");
        }
    }

    Message unpack(String routingKey, AMQP.BasicProperties properties, byte[] body) {
        String id = properties.getMessageId();
        Date time = properties.getTimestamp();
        return new Message(
                ids && id != null && !id.isEmpty() ? new Id(id) : Id.NONE,
                Bytes.wrap(body),
                Headers.lazy(() -> headers(properties)),
                routingKey.isEmpty() ? null : routingKey,
                null,
                time == null ? null : time.toInstant());
    }

    private static List<Header> headers(AMQP.BasicProperties properties) {
        List<Header> headers = decode(properties.getHeaders());
        String type = properties.getContentType();
        if (type != null && headers.stream().noneMatch(h -> h.name().equalsIgnoreCase(CONTENT_TYPE))) {
            headers.add(Header.of(CONTENT_TYPE, type));
        }
        return headers;
    }

    private static List<Header> decode(@Nullable Map<String, Object> table) {
        List<Header> headers = new ArrayList<>();
        if (table != null) {
            table.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> headers.add(header(entry.getKey(), entry.getValue())));
        }
        return headers;
    }

    private static Header header(String name, @Nullable Object value) {
        return switch (value) {
            case byte[] bytes -> Header.of(name, Bytes.wrap(bytes));
            case LongString text -> text(name, text.getBytes());
            case null, default -> Header.of(name, GoText.of(value));
        };
    }

    private static Header text(String name, byte[] value) {
        Header header = Header.of(name, Bytes.wrap(value));
        return header.isText() ? Header.of(name, header.text()) : header;
    }

    /**
     * Which delivery this is: as a quorum queue counts, else the second if it was delivered before; the last one if the
     * queue's limit allows no other.
     */
    RabbitDelivery.Attempt attempt(AMQP.BasicProperties properties, boolean redelivered) {
        Map<String, Object> table = properties.getHeaders();
        Object count = table == null ? null : table.get(DELIVERY_COUNT);
        int earlier = count instanceof Number number ? number.intValue() : 0;
        int attempt = Math.max(earlier + 1, redelivered ? 2 : 1);
        boolean limited = limit.isPresent() && limit.getAsInt() >= 0;
        return new RabbitDelivery.Attempt(attempt, limited && attempt > limit.getAsInt());
    }

    /** What became of a message that came back. */
    static PoisonException unroutable(Return back) {
        String where = back.getExchange().isEmpty()
                ? "there is no queue \"" + back.getRoutingKey() + "\""
                : "exchange \"" + back.getExchange() + "\" has no queue for routing key \"" + back.getRoutingKey()
                        + "\"";
        return new PoisonException("unroutable (" + back.getReplyCode() + " " + back.getReplyText() + "): " + where);
    }
}
