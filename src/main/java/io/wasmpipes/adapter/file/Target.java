package io.wasmpipes.adapter.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Where the bytes of a sink go. One thread at a time. */
interface Target extends Closeable {
    /** Opens it unless it is open. */
    void open() throws IOException;

    /** Writes and flushes. */
    void append(byte[] bytes) throws IOException;

    /** A file that grows; of a write that fails nothing stays. */
    final class File implements Target {
        private final Path path;
        private final boolean fsync;
        private @Nullable FileChannel channel;

        File(Path path, boolean fsync) {
            this.path = path;
            this.fsync = fsync;
        }

        @Override
        public void open() throws IOException {
            if (channel == null) {
                channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            }
        }

        @Override
        public void append(byte[] bytes) throws IOException {
            FileChannel out = channel;
            if (out == null) {
                throw new IOException("not open");
            }
            long end = out.size();
            boolean done = false;
            try {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                for (long at = end; left.hasRemaining(); ) {
                    at += out.write(left, at);
                }
                if (fsync) {
                    out.force(false);
                }
                done = true;
            } finally {
                if (!done) {
                    out.truncate(end);
                }
            }
        }

        @Override
        public void close() throws IOException {
            if (channel != null) {
                channel.close();
                channel = null;
            }
        }
    }

    /** A stream of the process. */
    final class Stream implements Target {
        private final OutputStream out;

        Stream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void open() {
            // it has been since the process started
        }

        @Override
        public void append(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
