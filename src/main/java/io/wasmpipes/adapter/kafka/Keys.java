package io.wasmpipes.adapter.kafka;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Record keys as text and back, byte for byte: a byte that is no UTF-8 becomes the lone surrogate U+DC00 plus the byte,
 * which no UTF-8 decodes to.
 */
final class Keys {
    private static final char REPLACEMENT = '\uFFFD';
    private static final int ESCAPE = 0xDC00;

    private Keys() {}

    static String decode(byte[] key) {
        String text = new String(key, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : escape(key);
    }

    private static String escape(byte[] key) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(key);
        CharBuffer out = CharBuffer.allocate(key.length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (result.isUnderflow()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE + (in.get() & 0xFF)));
            }
            decoder.reset();
        }
    }

    static byte[] encode(String key) {
        for (int i = 0; i < key.length(); i++) {
            if (isEscape(key, i)) {
                return unescape(key);
            }
        }
        return key.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isEscape(String key, int at) {
        char c = key.charAt(at);
        return c >= ESCAPE + 0x80 && c <= ESCAPE + 0xFF && (at == 0 || !Character.isHighSurrogate(key.charAt(at - 1)));
    }

    private static byte[] unescape(String key) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(key.length());
        int from = 0;
        for (int i = 0; i < key.length(); i++) {
            if (isEscape(key, i)) {
                bytes.writeBytes(key.substring(from, i).getBytes(StandardCharsets.UTF_8));
                bytes.write(key.charAt(i) - ESCAPE);
                from = i + 1;
            }
        }
        bytes.writeBytes(key.substring(from).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }
}
