package io.wasmpipes.adapter.pubsub;

import com.google.protobuf.UnsafeByteOperations;
import com.google.pubsub.v1.PublishRequest;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.ReceivedMessage;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How a message lies in Pub/Sub: headers are attributes, the key is the ordering key. */
final class Wire {
    /** The size of a request. */
    static final long MAX_REQUEST = 10_000_000;

    /** Marks a message without body and headers, which Pub/Sub would refuse. */
    static final String EMPTY = "wasmpipes-empty";

    private static final int MAX_ATTRIBUTES = 100;
    private static final int MAX_NAME = 256;
    private static final int MAX_VALUE = 1024;
    private static final int MAX_KEY = 1024;
    private static final String CHOOSE = ": name the headers to keep with the option headers=";

    private Wire() {}

    /** What {@code message} is on its way to the topic with this path; {@code shown} names it for people. */
    static PubsubMessage pack(Message message, String path, String shown) throws PoisonException {
        PubsubMessage.Builder packet = PubsubMessage.newBuilder();
        for (Header header : message.headers()) {
            check(header, shown);
            packet.putAttributes(header.name(), header.text());
        }
        if (packet.getAttributesCount() > MAX_ATTRIBUTES) {
            throw new PoisonException("a message with " + packet.getAttributesCount() + " attributes is above the "
                    + MAX_ATTRIBUTES + " that " + shown + " takes" + CHOOSE);
        }
        String key = message.key();
        if (key != null) {
            limit("a key of ", bytes(key), MAX_KEY, "an ordering key takes");
            packet.setOrderingKey(key);
        }
        if (message.body().isEmpty() && packet.getAttributesCount() == 0) {
            packet.putAttributes(EMPTY, "true");
        }
        PubsubMessage whole = packet.setData(
                        UnsafeByteOperations.unsafeWrap(message.body().readOnlyArray()))
                .build();
        long size = size(path, whole);
        if (size > MAX_REQUEST) {
            long beside = size - message.body().length();
            throw new PoisonException("a body of " + message.body().length() + " bytes is above the "
                    + (MAX_REQUEST - beside) + " that " + shown + " takes: a request has " + MAX_REQUEST
                    + " bytes at most, " + beside + " of them go to names, attributes and key");
        }
        return whole;
    }

    /** The size of a request with nothing but {@code packet}. */
    static long size(String path, PubsubMessage packet) {
        return PublishRequest.newBuilder()
                .setTopic(path)
                .addMessages(packet)
                .build()
                .getSerializedSize();
    }

    private static void check(Header header, String shown) throws PoisonException {
        String name = header.name();
        if (name.isEmpty() || name.regionMatches(true, 0, "goog", 0, 4)) {
            throw new PoisonException("a header cannot be called \"" + name + "\" in " + shown
                    + ": names are not empty, and goog* is Google's own" + CHOOSE);
        }
        if (!header.isText()) {
            throw new PoisonException("header " + name + " is no text, and " + shown + " takes no other" + CHOOSE);
        }
        limit("a header name of ", bytes(name), MAX_NAME, "an attribute takes" + CHOOSE);
        limit("header " + name + " of ", bytes(header.text()), MAX_VALUE, "an attribute takes" + CHOOSE);
    }

    private static void limit(String what, int bytes, int most, String rule) throws PoisonException {
        if (bytes > most) {
            throw new PoisonException(what + bytes + " bytes is above the " + most + " that " + rule);
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    static Message unpack(ReceivedMessage received) {
        PubsubMessage packet = received.getMessage();
        List<Header> headers = new ArrayList<>(packet.getAttributesCount());
        packet.getAttributesMap().forEach((name, value) -> {
            if (!name.equals(EMPTY)) {
                headers.add(Header.of(name, value));
            }
        });
        return new Message(
                new Id(packet.getMessageId()),
                Bytes.wrap(packet.getData().toByteArray()),
                Headers.of(headers),
                packet.getOrderingKey().isEmpty() ? null : packet.getOrderingKey(),
                null,
                packet.hasPublishTime()
                        ? Instant.ofEpochSecond(
                                packet.getPublishTime().getSeconds(),
                                packet.getPublishTime().getNanos())
                        : null);
    }
}
