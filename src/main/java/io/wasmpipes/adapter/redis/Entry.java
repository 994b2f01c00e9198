package io.wasmpipes.adapter.redis;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as fields of an entry: {@code body}, {@code key} if there is one, and {@code h:name} for each header, in order
 * and repeated where the header is. Any other field of a foreign entry is a header by the field's own name.
 */
final class Entry {
    static final String BODY = "body";
    private static final String KEY = "key";
    private static final String HEADER = "h:";

    private final String stream;
    private final String body;

    /** @param body the field that holds the body */
    Entry(String stream, String body) {
        this.stream = stream;
        this.body = body;
    }

    /** Names and values in turn. */
    List<byte[]> fields(Message message) {
        List<byte[]> fields = new ArrayList<>();
        fields.add(utf8(body));
        fields.add(message.body().readOnlyArray());
        String key = message.key();
        if (key != null) {
            fields.add(utf8(KEY));
            fields.add(utf8(key));
        }
        for (Header header : message.headers()) {
            fields.add(utf8(HEADER + header.name()));
            fields.add(header.bytes().readOnlyArray());
        }
        return fields;
    }

    /** The message of an entry; of several bodies or keys the last one counts, without a body it is empty. */
    Message message(EntryId id, List<byte[]> fields) {
        Bytes content = Bytes.EMPTY;
        String key = null;
        List<Header> headers = new ArrayList<>();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            String name = new String(fields.get(i), StandardCharsets.UTF_8);
            Bytes value = Bytes.wrap(fields.get(i + 1));
            if (name.equals(body)) {
                content = value;
            } else if (name.equals(KEY)) {
                key = value.utf8();
            } else {
                headers.add(Header.of(name.startsWith(HEADER) ? name.substring(HEADER.length()) : name, value));
            }
        }
        return message(id, content, headers, key);
    }

    private Message message(EntryId id, Bytes content, List<Header> headers, @Nullable String key) {
        return new Message(new Id(stream + "-" + id), content, Headers.of(headers), key, null, id.time());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
