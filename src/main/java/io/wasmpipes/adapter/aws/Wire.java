package io.wasmpipes.adapter.aws;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** How a message lies in SQS and SNS, as go-cloud writes it. */
final class Wire {
    /** The attribute that says that the body is base64. */
    static final String BASE64 = "base64encoded";

    static final String DEDUPLICATION = "DeduplicationId";
    static final String GROUP = "MessageGroupId";

    /** The group of messages without a key: one, so that they stay in order. */
    static final String NO_KEY = "wasm-pipes";

    private static final int MAX_ATTRIBUTES = 10;
    private static final int MAX_NAME = 256;
    private static final int MAX_ID = 128;
    private static final String TYPE = "String";

    /** Base64 of nothing that is not nothing: SQS refuses an empty body, and readers skip line ends in base64. */
    private static final String NOTHING = "\n";

    /**
     * Where messages go.
     *
     * @param shown for people: {@code queue orders}
     * @param limit of a message's size, attributes included
     * @param batch of all sizes in one request
     */
    record Place(String shown, boolean fifo, long limit, long batch) {}

    private Wire() {}

    /** The packet of {@code message}. */
    static Packet pack(Message message, Place place) throws PoisonException {
        Map<String, String> attributes = attributes(message.headers(), place);
        Optional<String> text = text(message.body());
        String body = text.orElseGet(() -> encoded(message.body()));
        if (text.isEmpty()) {
            attributes.put(BASE64, "true");
        }
        if (attributes.size() > MAX_ATTRIBUTES) {
            throw new PoisonException("a message with " + attributes.size() + " attributes is above the "
                    + MAX_ATTRIBUTES + " that " + place.shown()
                    + " takes: name the headers to keep with the option headers=");
        }
        int beside = 0;
        for (Map.Entry<String, String> each : attributes.entrySet()) {
            beside += each.getKey().length() + TYPE.length() + each.getValue().length();
        }
        int length = text.isPresent() ? message.body().length() : body.length();
        if (length + beside > place.limit()) {
            long room = Math.max(0, place.limit() - beside);
            throw new PoisonException("a body of " + message.body().length() + " bytes is above the "
                    + (text.isPresent() ? room : room / 4 * 3) + " that " + place.shown() + " takes: its limit is "
                    + place.limit() + " bytes, " + beside + " of them go to attributes"
                    + (text.isPresent() ? "" : ", and a body that is no text goes as base64"));
        }
        return new Packet(body, attributes, group(message, place), deduplication(message, place), length + beside);
    }

    private static Map<String, String> attributes(Headers headers, Place place) throws PoisonException {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (Header header : headers) {
            String name = Escapes.name(header.name());
            String value = Escapes.value(header.bytes());
            if (name.isEmpty() || name.length() > MAX_NAME) {
                throw new PoisonException("a header name of " + name.length() + " characters is none that "
                        + place.shown() + " takes: 1 to " + MAX_NAME + " when escaped");
            }
            if (value.isEmpty()) {
                throw new PoisonException("header " + name + " is empty, and " + place.shown()
                        + " takes no empty values: name the headers to keep with the option headers=");
            }
            attributes.put(name, value);
        }
        return attributes;
    }

    /** The body as text, if it is one that SQS takes: not empty, UTF-8, and of the characters that XML knows. */
    private static Optional<String> text(Bytes body) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(body.asBuffer()).toString();
            return !text.isEmpty() && text.codePoints().allMatch(Wire::allowed) ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean allowed(int c) {
        return c >= ' ' ? c != 0xfffe && c != 0xffff : c == '\t' || c == '\n' || c == '\r';
    }

    private static String encoded(Bytes body) {
        return body.isEmpty() ? NOTHING : Base64.getEncoder().encodeToString(body.readOnlyArray());
    }

    private static @Nullable String group(Message message, Place place) throws PoisonException {
        Optional<String> given = message.headers().first(GROUP);
        if (!place.fifo()) {
            return given.isPresent() ? Escapes.id(given.get()) : null;
        }
        String key = message.key();
        String group = Escapes.id(given.orElse(key == null || key.isEmpty() ? NO_KEY : key));
        if (group.length() > MAX_ID) {
            throw new PoisonException("a key of " + group.length() + " characters is above the " + MAX_ID
                    + " that a MessageGroupId takes");
        }
        return group;
    }

    /** By the id, so that what is sent again is dropped. Without one nothing may be: not even equal bodies. */
    private static @Nullable String deduplication(Message message, Place place) {
        if (!place.fifo()) {
            return null;
        }
        String id = message.id().isNone()
                ? UUID.randomUUID().toString()
                : message.id().value();
        String given = Escapes.id(message.headers().first(DEDUPLICATION).orElse(id));
        return given.length() <= MAX_ID ? given : HexFormat.of().formatHex(sha256(given));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Body and headers of what a queue holds; a notification of SNS is unwrapped unless {@code raw}. */
    static Message unpack(software.amazon.awssdk.services.sqs.model.Message packet, boolean raw, String topicArn) {
        String body = packet.body() == null ? "" : packet.body();
        if (!raw && packet.messageAttributes().isEmpty()) {
            Optional<Notification> wrapped = Notification.parse(body, topicArn);
            if (wrapped.isPresent()) {
                return message(wrapped.get().message(), wrapped.get().attributes());
            }
        }
        return message(body, packet.messageAttributes());
    }

    private static Message message(String body, Map<String, MessageAttributeValue> attributes) {
        List<Header> headers = new ArrayList<>(attributes.size());
        attributes.forEach((name, value) -> {
            if (!name.equals(BASE64)) {
                headers.add(header(Escapes.unescape(name), value));
            }
        });
        Optional<byte[]> decoded = attributes.containsKey(BASE64) ? base64(body) : Optional.empty();
        return Message.of(decoded.map(Bytes::wrap).orElseGet(() -> Bytes.utf8(body)))
                .withHeaders(Headers.of(headers));
    }

    private static Header header(String name, MessageAttributeValue value) {
        if (value.binaryValue() != null) {
            return Header.of(name, Bytes.wrap(value.binaryValue().asByteArray()));
        }
        return Escapes.header(name, value.stringValue() == null ? "" : value.stringValue());
    }

    /** What {@code text} is the base64 of, line ends apart; empty if it is none. */
    static Optional<byte[]> base64(String text) {
        String plain = text.replace("\r", "").replace("\n", "");
        try {
            return plain.length() % 4 == 0 ? Optional.of(Base64.getDecoder().decode(plain)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
