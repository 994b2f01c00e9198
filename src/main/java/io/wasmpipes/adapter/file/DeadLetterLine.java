package io.wasmpipes.adapter.file;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Message;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;

/**
 * A dead letter as one line of JSON: when it was written, its id and key, what the header {@code wasmpipes} says, the
 * other headers, and the body as text, or in base64 if it is none.
 */
final class DeadLetterLine {
    private static final String REASON = "wasmpipes";

    private final InstantSource clock;

    DeadLetterLine(InstantSource clock) {
        this.clock = clock;
    }

    void write(Message message, ByteArrayOutputStream out) {
        StringBuilder line =
                new StringBuilder("{\"time\":\"").append(clock.instant()).append("\",\"id\":");
        quote(message.id().value(), line);
        if (message.key() != null) {
            quote(message.key(), line.append(",\"key\":"));
        }
        message.headers().first(REASON).ifPresent(reason -> {
            line.append(",\"").append(REASON).append("\":");
            if (reason.startsWith("{") && reason.indexOf('\n') < 0) {
                line.append(reason); // JSON already: the pipe has written it
            } else {
                quote(reason, line);
            }
        });
        line.append(",\"headers\":[");
        String comma = "";
        for (Header header : message.headers().without(REASON)) {
            quote(header.name(), line.append(comma).append("{\"name\":"));
            value("value", header.bytes(), header.isText(), line.append(','));
            line.append('}');
            comma = ",";
        }
        Bytes body = message.body();
        value("body", body, Header.of("", body).isText(), line.append("],"));
        out.writeBytes(line.append("}\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    /** {@code "name":"text"} or {@code "name_base64":"…"}; an absent body is null. */
    private static void value(String name, Bytes bytes, boolean text, StringBuilder line) {
        line.append('"').append(name).append(text ? "\":" : "_base64\":");
        if (bytes.isNull()) {
            line.append("null");
        } else if (text) {
            quote(bytes.utf8(), line);
        } else {
            line.append('"')
                    .append(Base64.getEncoder().encodeToString(bytes.readOnlyArray()))
                    .append('"');
        }
    }

    private static void quote(String text, StringBuilder line) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> line.append('\\').append(c);
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        line.append("\\u%04x".formatted((int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        line.append('"');
    }
}
