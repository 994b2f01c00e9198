package io.wasmpipes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** An immutable slice of a byte array, compared by value. It never aliases guest memory. */
public final class Bytes {
    private static final byte[] NOTHING = {};
    private static final byte[] ABSENT = {};

    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(NOTHING, 0, 0);

    /** The absent body of systems that know one, such as a Kafka tombstone; of length 0, yet not equal to {@link #EMPTY}. */
    public static final Bytes NULL = new Bytes(ABSENT, 0, 0);

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** Copies {@code source}. */
    public static Bytes copyOf(byte[] source) {
        return wrap(source.clone());
    }

    /** Takes {@code owned} over without a copy; the caller must not write to it any more. */
    public static Bytes wrap(byte[] owned) {
        return wrap(owned, 0, owned.length);
    }

    /** Takes a slice of {@code owned} over without a copy; the caller must not write to it any more. */
    public static Bytes wrap(byte[] owned, int offset, int length) {
        if (offset < 0 || length < 0 || (long) offset + length > owned.length) {
            throw new IndexOutOfBoundsException("slice %d+%d of %d bytes".formatted(offset, length, owned.length));
        }
        return length == 0 ? EMPTY : new Bytes(owned, offset, length);
    }

    /** The UTF-8 encoding of {@code text}. */
    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** Whether this is the absent body, {@link #NULL}. */
    @SuppressWarnings("ReferenceEquality") // the identity of the array is the mark
    public boolean isNull() {
        return array == ABSENT;
    }

    public byte at(int index) {
        return array[offset + Objects.checkIndex(index, length)];
    }

    /** Copies all bytes to {@code target} at {@code at}. */
    public void copyInto(byte[] target, int at) {
        System.arraycopy(array, offset, target, at, length);
    }

    /** Copies {@code count} bytes from {@code from} on to {@code target} at {@code at}. */
    public void copyInto(int from, byte[] target, int at, int count) {
        Objects.checkFromIndexSize(from, count, length);
        System.arraycopy(array, offset + from, target, at, count);
    }

    /** A part of these bytes, sharing them. */
    public Bytes slice(int from, int count) {
        Objects.checkFromIndexSize(from, count, length);
        return wrap(array, offset + from, count);
    }

    /** A fresh copy. */
    public byte[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** For clients that take a whole array and only read it: the backing array where this covers it, else a copy. */
    public byte[] readOnlyArray() {
        return length == array.length ? array : toArray();
    }

    /** A read-only view. */
    public ByteBuffer asBuffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    /** The text these bytes encode in UTF-8; malformed sequences become U+FFFD. */
    public String utf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && isNull() == that.isNull()
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /** Says how many bytes, never which: bodies do not belong into logs. */
    @Override
    public String toString() {
        return isNull() ? "no bytes" : length + " bytes";
    }
}
