package io.wasmpipes;

import java.io.ByteArrayOutputStream;

/** Where a message ends in a stream of bytes; the constants are the words of the option {@code framing}. */
public enum Framing {
    /** A message is a line; the line feed is not part of it. A body that holds line feeds is read as several messages. */
    LINES,
    /** Four bytes of length, big-endian, then the body. */
    LENGTH;

    /** Appends {@code body} as a frame. */
    public void write(Bytes body, ByteArrayOutputStream out) {
        if (this == LENGTH) {
            int length = body.length();
            out.write(length >>> 24);
            out.write(length >>> 16);
            out.write(length >>> 8);
            out.write(length);
        }
        out.writeBytes(body.readOnlyArray());
        if (this == LINES) {
            out.write('\n');
        }
    }
}
