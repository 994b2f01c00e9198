package io.wasmpipes;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One header: a name and a value that came as text or as bytes and is read as either. */
public final class Header {
    private final String name;
    private final @Nullable String text;
    private final @Nullable Bytes bytes;

    private Header(String name, @Nullable String text, @Nullable Bytes bytes) {
        this.name = name;
        this.text = text;
        this.bytes = bytes;
    }

    public static Header of(String name, String value) {
        return new Header(name, value, null);
    }

    public static Header of(String name, Bytes value) {
        return new Header(name, null, value);
    }

    public String name() {
        return name;
    }

    /** The value as text; bytes that are no UTF-8 become U+FFFD. */
    public String text() {
        return text != null ? text : bytes().utf8();
    }

    /** The value as bytes, text in UTF-8. */
    public Bytes bytes() {
        return bytes != null ? bytes : Bytes.utf8(text());
    }

    /** Whether the value can be carried as text without loss. */
    public boolean isText() {
        if (bytes == null) {
            return true;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.readOnlyArray()));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** The characters or bytes of name and value, for budgets and limits. */
    public int size() {
        return name.length() + (bytes != null ? bytes.length() : text().length());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Header that && name.equals(that.name) && bytes().equals(that.bytes());
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + bytes().hashCode();
    }

    @Override
    public String toString() {
        return name + "=…";
    }
}
