package io.wasmpipes.adapter.nats;

import io.nats.client.impl.Headers;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How headers and body lie in a NATS message. The constants are the words of the option {@code encoding}. */
enum Wire {
    /** NATS' own headers, unescaped. */
    NATIVE,
    /** go-cloud's first format: {@link Gob} when there are headers, else the raw body. */
    GOB,
    /** go-cloud's second format: NATS' own headers, names and values query-escaped. */
    NATSV2;

    /** What a message is on the wire. */
    record Packet(@Nullable Headers headers, Bytes body) {
        /** What the server counts against its max_payload. */
        int size() {
            return body.length() + (headers == null ? 0 : headers.serializedLength());
        }
    }

    /**
     * The packet of {@code message}; {@code msgId} becomes Nats-Msg-Id unless empty. Names that start with Nats- are
     * NATS' own and are not carried over from elsewhere.
     */
    Packet pack(Message message, String msgId) throws PoisonException {
        if (this == GOB && msgId.isEmpty() && !message.headers().isEmpty()) {
            return new Packet(null, Bytes.wrap(Gob.encode(message)));
        }
        Headers headers = null;
        for (Header header : message.headers()) {
            if (!reserved(header.name())) {
                headers = headers == null ? new Headers() : headers;
                add(headers, header);
            }
        }
        if (!msgId.isEmpty()) {
            headers = headers == null ? new Headers() : headers;
            headers.put("Nats-Msg-Id", HeaderText.encode(Header.of("Nats-Msg-Id", msgId)));
        }
        return new Packet(headers, message.body());
    }

    private void add(Headers headers, Header header) throws PoisonException {
        try {
            if (this == NATSV2) {
                headers.add(HeaderText.escape(header.name()), HeaderText.escape(header.text()));
            } else {
                headers.add(header.name(), HeaderText.encode(header));
            }
        } catch (IllegalArgumentException e) {
            throw new PoisonException("a header name of " + header.name().length()
                    + " characters is none that NATS can carry (visible ASCII without colon); choose headers with the"
                    + " option headers= or use encoding=natsv2");
        }
    }

    private static boolean reserved(String name) {
        return name.regionMatches(true, 0, "Nats-", 0, 5);
    }

    /** Headers and body of what came in, its subject as the key; gob frames are recognised whatever the encoding. */
    Message unpack(io.nats.client.Message packet) {
        return content(packet).withKey(packet.getSubject());
    }

    private Message content(io.nats.client.Message packet) {
        byte[] body = packet.getData();
        if (packet.hasHeaders()) {
            Headers headers = packet.getHeaders();
            return Message.of(Bytes.wrap(body)).withHeaders(io.wasmpipes.Headers.lazy(() -> decode(headers)));
        }
        if (Gob.maybe(body)) {
            Optional<Message> framed = Gob.decode(body);
            if (framed.isPresent()) {
                return framed.get();
            }
        }
        return Message.of(Bytes.wrap(body));
    }

    private List<Header> decode(Headers headers) {
        List<Header> decoded = new ArrayList<>();
        headers.forEach((name, values) -> {
            for (String value : values) {
                decoded.add(
                        this == NATSV2
                                ? Header.of(HeaderText.unescape(name), HeaderText.unescape(value))
                                : HeaderText.decode(name, value));
            }
        });
        return decoded;
    }
}
