package io.wasmpipes.adapter.aws;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How names and values that SQS and SNS would refuse are written, as go-cloud does: {@code __0x20__}, {@code %20}. */
final class Escapes {
    private static final Pattern ESCAPE = Pattern.compile("__0x([0-9a-fA-F]{1,8})__");
    private static final Pattern OWN_PREFIX = Pattern.compile("(?i)(?:aws|amazon)\\..*", Pattern.DOTALL);
    private static final String PLAIN = "-_.~$&+=:@";

    private Escapes() {}

    /** A name of an attribute. Besides what go-cloud escapes: a dot at the end, and the start of names that are AWS' own. */
    static String name(String name) {
        int[] points = name.codePoints().toArray();
        boolean own = OWN_PREFIX.matcher(name).matches() || name.equals(Wire.BASE64);
        StringBuilder escaped = new StringBuilder(name.length());
        int at = 0;
        for (int i = 0; i < points.length; i++) {
            int c = points[i];
            boolean dot = c == '.' && i > 0 && points[i - 1] != '.' && i < points.length - 1;
            boolean plain = isAlphanumeric(c) || c == '_' || c == '-' || dot;
            append(escaped, c, plain && !(own && i == 0) && !startsEscape(name, at));
            at += Character.charCount(c);
        }
        return escaped.toString();
    }

    /** An id of a message group or for deduplication: visible ASCII stays. */
    static String id(String id) {
        StringBuilder escaped = new StringBuilder(id.length());
        int at = 0;
        for (int c : id.codePoints().toArray()) {
            append(escaped, c, c > ' ' && c < 0x7f && !startsEscape(id, at));
            at += Character.charCount(c);
        }
        return escaped.toString();
    }

    private static void append(StringBuilder escaped, int c, boolean plain) {
        if (plain) {
            escaped.appendCodePoint(c);
        } else {
            escaped.append("__0x").append(Integer.toHexString(c)).append("__");
        }
    }

    /** Whether a reader would take what stands at {@code at} for an escape. */
    private static boolean startsEscape(String text, int at) {
        return text.startsWith("__0x", at)
                && ESCAPE.matcher(text).region(at, text.length()).lookingAt();
    }

    /** Undoes {@link #name} and {@link #id}. */
    static String unescape(String text) {
        if (!text.contains("__0x")) {
            return text;
        }
        Matcher escape = ESCAPE.matcher(text);
        StringBuilder plain = new StringBuilder(text.length());
        int from = 0;
        while (escape.find(from)) {
            long point = Long.parseLong(escape.group(1), 16);
            plain.append(text, from, escape.start());
            if (point <= Character.MAX_CODE_POINT) {
                plain.appendCodePoint((int) point);
            } else {
                plain.append(escape.group());
            }
            from = escape.end();
        }
        return plain.append(text, from, text.length()).toString();
    }

    /** A value, as bytes of UTF-8 or any others, as Go's url.PathEscape writes it. */
    static String value(Bytes value) {
        StringBuilder escaped = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            int b = value.at(i) & 0xff;
            if (isAlphanumeric(b) || PLAIN.indexOf(b) >= 0) {
                escaped.append((char) b);
            } else {
                escaped.append('%').append(hex(b >> 4)).append(hex(b & 15));
            }
        }
        return escaped.toString();
    }

    private static char hex(int digit) {
        return Character.toUpperCase(Character.forDigit(digit, 16));
    }

    /** The header of an attribute's value as it is on the wire; a value with a malformed escape stays as it is. */
    static Header header(String name, String value) {
        if (value.indexOf('%') < 0) {
            return Header.of(name, value);
        }
        Optional<Bytes> plain = bytes(value);
        if (plain.isEmpty()) {
            return Header.of(name, value);
        }
        Header header = Header.of(name, plain.get());
        return header.isText() ? Header.of(name, header.text()) : header;
    }

    private static Optional<Bytes> bytes(String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream plain = new ByteArrayOutputStream(text.length);
        for (int i = 0; i < text.length; i++) {
            if (text[i] != '%') {
                plain.write(text[i]);
                continue;
            }
            int high = i + 2 < text.length ? Character.digit((char) text[i + 1], 16) : -1;
            int low = i + 2 < text.length ? Character.digit((char) text[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                return Optional.empty();
            }
            plain.write(high * 16 + low);
            i += 2;
        }
        return Optional.of(Bytes.wrap(plain.toByteArray()));
    }

    private static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
