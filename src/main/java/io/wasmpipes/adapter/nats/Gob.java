package io.wasmpipes.adapter.nats;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The frame in which Go pipes carry headers over core NATS: a gob of {@code map[string]string} and a gob of
 * {@code []byte}. Three messages of the gob stream: the map's type, the map, the body.
 */
final class Gob {
    private static final byte[] TYPE_FRAME = {
        0x0e, (byte) 0xff, (byte) 0x81, 4, 1, 2, (byte) 0xff, (byte) 0x82, 0, 1, 0x0c, 1, 0x0c, 0, 0
    };
    private static final byte[] MAP_ID = {(byte) 0xff, (byte) 0x82};
    private static final int BYTES_ID = 0x0a;
    private static final int STRING_ID = 0x0c;

    private Gob() {}

    /** The frame of {@code message}; of several headers of one name the last one is kept. */
    static byte[] encode(Message message) {
        Map<String, byte[]> map = new LinkedHashMap<>();
        for (Header header : message.headers()) {
            map.put(header.name(), header.bytes().readOnlyArray());
        }
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        value.writeBytes(MAP_ID);
        value.write(0);
        writeUnsigned(value, map.size());
        map.forEach((name, text) -> {
            writeBytes(value, name.getBytes(StandardCharsets.UTF_8));
            writeBytes(value, text);
        });
        ByteArrayOutputStream body = new ByteArrayOutputStream(message.body().length() + 12);
        body.write(BYTES_ID);
        body.write(0);
        writeBytes(body, message.body().readOnlyArray());

        ByteArrayOutputStream frame = new ByteArrayOutputStream(TYPE_FRAME.length + value.size() + body.size() + 12);
        frame.writeBytes(TYPE_FRAME);
        writeBytes(frame, value.toByteArray());
        writeBytes(frame, body.toByteArray());
        return frame.toByteArray();
    }

    private static void writeBytes(ByteArrayOutputStream out, byte[] bytes) {
        writeUnsigned(out, bytes.length);
        out.writeBytes(bytes);
    }

    /** Below 128 one byte, else the negated count of bytes and they in big-endian order. */
    private static void writeUnsigned(ByteArrayOutputStream out, int value) {
        if (value < 128) {
            out.write(value);
            return;
        }
        int count = (39 - Integer.numberOfLeadingZeros(value)) / 8;
        out.write(-count);
        for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
            out.write(value >>> shift);
        }
    }

    /** Whether the payload may be a frame: cheap, for every message without headers. */
    static boolean maybe(byte[] payload) {
        return payload.length > 20 && payload[3] == 4 && payload[4] == 1 && payload[5] == 2 && payload[0] == 0x0e;
    }

    /** The headers and the body in the frame; empty if the payload is none. */
    static Optional<Message> decode(byte[] payload) {
        try {
            ByteBuffer in = ByteBuffer.wrap(payload);
            long mapId = readType(readFrame(in));
            List<Header> headers = readMap(readFrame(in), mapId);
            ByteBuffer body = readFrame(in);
            expect(readSigned(body) == BYTES_ID / 2 && body.get() == 0);
            ByteBuffer bytes = readFrame(body);
            expect(!body.hasRemaining() && !in.hasRemaining());
            Bytes slice = Bytes.wrap(payload, bytes.arrayOffset(), bytes.remaining());
            return Optional.of(Message.of(slice).withHeaders(Headers.of(headers)));
        } catch (BufferUnderflowException e) {
            return Optional.empty(); // not a frame: the payload is the body
        }
    }

    /** The definition of a map of strings to strings without a name; its id depends on what the Go process did before. */
    private static long readType(ByteBuffer in) {
        long id = -readSigned(in);
        expect(id > 0);
        expect(in, 4, 1, 2);
        expect(readSigned(in) == id);
        expect(in, 0, 1, STRING_ID, 1, STRING_ID, 0, 0);
        expect(!in.hasRemaining());
        return id;
    }

    private static List<Header> readMap(ByteBuffer in, long id) {
        expect(readSigned(in) == id && in.get() == 0);
        long count = readUnsigned(in);
        List<Header> headers = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            headers.add(Header.of(readText(in), readText(in)));
        }
        expect(!in.hasRemaining());
        return headers;
    }

    private static String readText(ByteBuffer in) {
        return StandardCharsets.UTF_8.decode(readFrame(in)).toString();
    }

    private static ByteBuffer readFrame(ByteBuffer in) {
        long length = readUnsigned(in);
        expect(length >= 0 && length <= in.remaining());
        ByteBuffer frame = in.slice(in.position(), (int) length);
        in.position(in.position() + (int) length);
        return frame;
    }

    private static long readUnsigned(ByteBuffer in) {
        byte first = in.get();
        if (first >= 0) {
            return first;
        }
        expect(first >= -8);
        long value = 0;
        for (int i = first; i < 0; i++) {
            value = value << 8 | (in.get() & 0xff);
        }
        return value;
    }

    private static long readSigned(ByteBuffer in) {
        long value = readUnsigned(in);
        return (value & 1) == 0 ? value >>> 1 : ~(value >>> 1);
    }

    private static void expect(ByteBuffer in, int... bytes) {
        for (int each : bytes) {
            expect(in.get() == each);
        }
    }

    private static void expect(boolean holds) {
        if (!holds) {
            throw new BufferUnderflowException();
        }
    }
}
