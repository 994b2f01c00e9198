package io.wasmpipes.adapter.file;

import io.wasmpipes.Adapter;
import io.wasmpipes.Bytes;
import io.wasmpipes.Framing;
import io.wasmpipes.Message;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Folders;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file, written and read with the JDK; stdin and stdout are a stream that follows such a file and one that appends to
 * it, so that both can be looked at.
 */
final class FileCounterpart implements Counterpart.ForSource, Counterpart.ForSink {
    private final Path file = Folders.fresh("file").resolve("messages");
    private final String scheme;
    private final Framing framing;
    private final OutputStream stdout;

    FileCounterpart(String scheme, Framing framing) throws IOException {
        this.scheme = scheme;
        this.framing = framing;
        Files.createFile(file);
        this.stdout = Files.newOutputStream(file, StandardOpenOption.APPEND);
    }

    @Override
    public Adapter adapter() {
        return new FileAdapter(new Growing(file), stdout);
    }

    @Override
    public String uri() {
        String end = scheme.equals("file") ? "file://" + file : scheme + ":";
        String follow = scheme.equals("file") && noSink() ? "&follow=true" : "";
        return end + "?framing=" + framing.name().toLowerCase(java.util.Locale.ROOT) + follow;
    }

    private boolean noSink() {
        return following;
    }

    private boolean following;

    /** The same for a source, which reads on as the file grows. */
    FileCounterpart following() {
        following = true;
        return this;
    }

    @Override
    public Optional<String> onlyText() {
        return framing == Framing.LINES ? Optional.of("a message is a line") : Optional.empty();
    }

    @Override
    public Optional<Absent> absent() {
        return scheme.equals("file")
                ? Optional.of(new Absent("file://" + file.resolveSibling("no-such-folder/x"), variables()))
                : Optional.empty();
    }

    @Override
    public String noFaults() {
        return "it is on this machine";
    }

    @Override
    public void put(List<Message> messages) throws IOException {
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file, StandardOpenOption.APPEND))) {
            for (Message message : messages) {
                if (framing == Framing.LENGTH) {
                    out.writeInt(message.body().length());
                }
                out.write(message.body().toArray());
                if (framing == Framing.LINES) {
                    out.write('\n');
                }
            }
        }
    }

    @Override
    public List<Message> arrived(int count) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        List<Message> messages = new ArrayList<>();
        if (framing == Framing.LINES) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            for (String line : text.split("\n", -1)) {
                messages.add(Message.of(Bytes.utf8(line)));
            }
            messages.removeLast();
            return messages;
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        while (in.available() > 0) {
            messages.add(Message.of(Bytes.wrap(in.readNBytes(in.readInt()))));
        }
        return messages;
    }

    @Override
    public void close() {
        Folders.delete(file.getParent());
    }

    /** Blocks at the end of the file until it grows, as a terminal does. */
    private static final class Growing extends InputStream {
        private final Path file;
        private long at;

        Growing(Path file) {
            this.file = file;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            while (Files.exists(file)) {
                try (InputStream in = Files.newInputStream(file)) {
                    in.skipNBytes(at);
                    int count = in.read(buffer, offset, length);
                    if (count > 0) {
                        at += count;
                        return count;
                    }
                }
                java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
            }
            return -1;
        }
    }
}
