package io.wasmpipes.wasm.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.wasm.http.HttpCalls.Call;
import io.wasmpipes.wasm.http.HttpCalls.Reply;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Requests and replies as bytes that every language reads and writes without a library: a first line, a line for each
 * header, an empty line, the body. Lines end with a line feed.
 */
public final class HttpText {
    private HttpText() {}

    /**
     * Reads {@code METHOD URL}, headers and body; the headers and the body may be missing.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static Call read(Bytes text) {
        byte[] bytes = text.toArray();
        List<String> lines = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int end = at;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            String line = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
            at = Math.min(end + 1, bytes.length);
            if (line.isEmpty()) {
                break;
            }
            lines.add(line);
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("the request is empty");
        }
        return call(lines, Bytes.wrap(bytes).slice(at, bytes.length - at));
    }

    private static Call call(List<String> lines, Bytes body) {
        String[] first = lines.getFirst().split(" ", 2);
        if (first.length < 2) {
            throw new IllegalArgumentException("the first line must be METHOD URL");
        }
        List<Header> headers = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("a header line must be NAME: VALUE");
            }
            headers.add(Header.of(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        try {
            return new Call(first[0], new URI(first[1].strip()), headers, body);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the URL is none: " + e.getReason(), e);
        }
    }

    /** {@code STATUS}, headers with their names in lower case, body. */
    public static Bytes write(Reply reply) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(reply.body().length() + 256);
        text.writeBytes((reply.status() + "\n").getBytes(StandardCharsets.US_ASCII));
        for (Header header : reply.headers()) {
            String line = header.name() + ": " + header.text().replaceAll("[\\r\\n]", " ") + "\n";
            text.writeBytes(line.getBytes(StandardCharsets.UTF_8));
        }
        text.write('\n');
        text.writeBytes(reply.body().toArray());
        return Bytes.wrap(text.toByteArray());
    }
}
