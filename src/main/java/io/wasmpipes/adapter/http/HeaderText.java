package io.wasmpipes.adapter.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/** Header values on the wire: bytes, which HTTP libraries show one character each, and which mean UTF-8 if they can. */
public final class HeaderText {
    private static final BitSet TOKEN = new BitSet();

    static {
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                .chars()
                .forEach(TOKEN::set);
    }

    private HeaderText() {}

    /** The text that a value read one byte per character means. */
    public static String decode(String wire) {
        if (wire.chars().allMatch(c -> c < 0x80)) {
            return wire;
        }
        byte[] bytes = wire.getBytes(StandardCharsets.ISO_8859_1);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return wire;
        }
    }

    /** The value's bytes, one character each. */
    public static String encode(Header header) {
        String text = header.isText() ? header.text() : "";
        if (header.isText() && text.chars().allMatch(c -> c < 0x80)) {
            return text;
        }
        Bytes bytes = header.bytes();
        return new String(bytes.readOnlyArray(), StandardCharsets.ISO_8859_1);
    }

    /** Whether HTTP can carry it: a token as its name, no control characters but tabs in its value. */
    static boolean carries(Header header) {
        return !header.name().isEmpty()
                && header.name().chars().allMatch(TOKEN::get)
                && header.bytes().utf8().chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f));
    }
}
