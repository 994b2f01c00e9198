package io.wasmpipes.adapter.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what {@link DeadLetterLine} has written, from the beginning. A line that is done gets a {@code -} in place of its
 * first byte and is passed over from then on: no other byte moves, so a pipe may go on writing. One thread.
 */
final class DeadLetterFile implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterFile.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final byte[] DONE = {'-'};
    private static final String REASON = "wasmpipes";
    private static final int LINE_MAX = 256 << 20;

    private record Line(Message message, long at) implements Delivery {
        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public boolean live() {
            return true;
        }
    }

    private final Path path;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10).flip();
    private @Nullable FileChannel channel;
    private long next;
    private boolean exhausted;

    DeadLetterFile(Path path) {
        this.path = path;
    }

    @Override
    public void connect() throws TransientException {
        try {
            if (channel == null) {
                channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            }
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    private TransientException failed(String what, IOException e) {
        return TransientException.outage(
                path + " cannot be " + what + ": " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException {
        connect();
        List<Delivery> taken = new ArrayList<>();
        long bytes = 0;
        try {
            while (taken.size() < demand.messages() && bytes < demand.bytes() && !exhausted) {
                long at = next;
                String line = line();
                if (line.startsWith("{")) {
                    Message message = message(line, at);
                    if (message != null) {
                        taken.add(new Line(message, at));
                        bytes += message.size();
                    }
                }
            }
            return taken;
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    /** The next line without its end; empty at the end of the file, of which a line without an end is no part yet. */
    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (line.size() < LINE_MAX) {
            if (!buffer.hasRemaining() && !fill()) {
                exhausted = true;
                return "";
            }
            byte next = buffer.get();
            this.next++;
            if (next == '\n') {
                return line.toString(java.nio.charset.StandardCharsets.UTF_8);
            }
            line.write(next);
        }
        throw new IOException("a line above " + LINE_MAX + " bytes");
    }

    private boolean fill() throws IOException {
        FileChannel in = channel;
        buffer.clear();
        int count = in == null ? -1 : in.read(buffer, next);
        buffer.flip();
        return count > 0;
    }

    private @Nullable Message message(String line, long at) {
        try {
            JsonNode letter = JSON.readTree(line);
            List<Header> headers = new ArrayList<>();
            for (JsonNode header : letter.path("headers")) {
                headers.add(Header.of(header.path("name").asText(), bytes(header, "value")));
            }
            JsonNode reason = letter.path(REASON);
            if (!reason.isMissingNode()) {
                headers.add(Header.of(REASON, reason.isTextual() ? reason.asText() : reason.toString()));
            }
            return new Message(
                    new Id(letter.path("id").asText()),
                    bytes(letter, "body"),
                    Headers.of(headers),
                    letter.path("key").textValue(),
                    null,
                    Instant.parse(letter.path("time").asText()));
        } catch (JsonProcessingException | RuntimeException e) { // whoever has been in the file with an editor
            LOG.warn("{}: what stands at byte {} is no dead letter: {}", path, at, e.getMessage());
            return null;
        }
    }

    private static Bytes bytes(JsonNode node, String name) {
        JsonNode base64 = node.path(name + "_base64");
        if (base64.isTextual()) {
            return Bytes.wrap(Base64.getDecoder().decode(base64.asText()));
        }
        JsonNode text = node.path(name);
        return text.isNull() ? Bytes.NULL : Bytes.utf8(text.asText());
    }

    @Override
    public void settle(List<Settled> settled) throws TransientException {
        FileChannel out = channel;
        try {
            for (Settled each : settled) {
                if (out != null
                        && each.delivery() instanceof Line line
                        && each.settlement() instanceof Settlement.Done) {
                    int _ = out.write(ByteBuffer.wrap(DONE), line.at);
                }
            }
            if (out != null) {
                out.force(false);
            }
        } catch (IOException e) {
            throw failed("written", e);
        }
    }

    @Override
    public boolean exhausted() {
        return exhausted;
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be closed", path, e);
        }
    }
}
