package io.wasmpipes.adapter.nats;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Header values as NATS can carry them. Native headers are lines of printable ASCII: such values go as they are, any
 * other as one encoded word of RFC 2047, {@code =?UTF-8?B?…?=}, or {@code =?binary?B?…?=} for bytes that are no text.
 */
final class HeaderText {
    private static final String TEXT = "=?UTF-8?B?";
    private static final String BINARY = "=?binary?B?";
    private static final String END = "?=";

    private HeaderText() {}

    /** The value of {@code header} as a native one. */
    static String encode(Header header) {
        if (!header.isText()) {
            return word(BINARY, header.bytes());
        }
        String text = header.text();
        return plain(text) ? text : word(TEXT, header.bytes());
    }

    private static boolean plain(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                return false;
            }
        }
        return length == 0 || (text.charAt(0) != ' ' && text.charAt(length - 1) != ' ' && !text.startsWith("=?"));
    }

    private static String word(String start, Bytes bytes) {
        return start + Base64.getEncoder().encodeToString(bytes.readOnlyArray()) + END;
    }

    /** What {@link #encode} was given; values of other senders stay as they are. */
    static Header decode(String name, String value) {
        if (value.startsWith("=?") && value.endsWith(END)) {
            try {
                if (value.startsWith(TEXT)) {
                    return Header.of(name, unword(TEXT, value).utf8());
                }
                if (value.startsWith(BINARY)) {
                    return Header.of(name, unword(BINARY, value));
                }
            } catch (IllegalArgumentException e) {
                // looks like a word and is none
            }
        }
        return Header.of(name, value);
    }

    private static Bytes unword(String start, String value) {
        return Bytes.wrap(Base64.getDecoder().decode(value.substring(start.length(), value.length() - END.length())));
    }

    /** Go's url.QueryEscape. */
    static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /** Go's url.QueryUnescape; what is no escape stays as it is. */
    static String unescape(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
