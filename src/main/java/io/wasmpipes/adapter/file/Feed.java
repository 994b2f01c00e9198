package io.wasmpipes.adapter.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Where the bytes of a source come from. One reader; close from any thread. */
interface Feed extends Closeable {
    /** Opens it unless it is open. */
    void open() throws IOException;

    /** Reads some bytes into {@code buffer}: how many, 0 if none came within {@code patience}, -1 at the end. */
    int read(byte[] buffer, Duration patience) throws IOException, InterruptedException;

    /** A file, read to its end, or followed as it grows. */
    final class File implements Feed {
        private static final Duration POLL = Duration.ofMillis(100);

        private final Path path;
        private final boolean follow;
        private @Nullable InputStream in;

        File(Path path, boolean follow) {
            this.path = path;
            this.follow = follow;
        }

        @Override
        public synchronized void open() throws IOException {
            if (in == null) {
                in = Files.newInputStream(path);
            }
        }

        @Override
        public int read(byte[] buffer, Duration patience) throws IOException, InterruptedException {
            InputStream stream = in;
            if (stream == null) {
                throw new IOException("not open");
            }
            int count = stream.read(buffer);
            if (count >= 0 || !follow) {
                return count;
            }
            Thread.sleep(patience.compareTo(POLL) < 0 ? patience : POLL);
            return 0;
        }

        @Override
        public synchronized void close() throws IOException {
            if (in != null) {
                in.close();
            }
        }
    }

    /** A stream whose reads cannot be interrupted: a thread of its own reads one piece ahead. */
    final class Stream implements Feed {
        /** Bytes read, none at the end. */
        private record Piece(ByteBuffer bytes, @Nullable IOException failure) {}

        private final InputStream in;
        private final SynchronousQueue<Piece> pieces = new SynchronousQueue<>();
        private @Nullable Thread thread;
        private boolean ended;
        private ByteBuffer left = ByteBuffer.allocate(0);

        Stream(InputStream in) {
            this.in = in;
        }

        @Override
        public synchronized void open() {
            if (thread == null) {
                thread = Thread.ofPlatform().daemon().name("stdin").start(this::readOn);
            }
        }

        private void readOn() {
            try {
                int count = 0;
                while (count >= 0) {
                    byte[] bytes = new byte[64 << 10];
                    count = in.read(bytes);
                    pieces.put(new Piece(ByteBuffer.wrap(bytes, 0, Math.max(0, count)), null));
                }
            } catch (IOException e) {
                handOver(e);
            } catch (InterruptedException e) {
                // closed
            }
        }

        private void handOver(IOException failure) {
            try {
                pieces.put(new Piece(ByteBuffer.allocate(0), failure));
            } catch (InterruptedException e) {
                // closed
            }
        }

        @Override
        public int read(byte[] buffer, Duration patience) throws IOException, InterruptedException {
            if (!left.hasRemaining() && !ended) {
                Piece piece = pieces.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
                if (piece == null) {
                    return 0;
                }
                left = piece.bytes;
                ended = !left.hasRemaining();
                if (piece.failure != null) {
                    throw piece.failure;
                }
            }
            int count = Math.min(buffer.length, left.remaining());
            left.get(buffer, 0, count);
            return ended ? -1 : count;
        }

        /** Ends the reading thread as soon as its read returns; the stream itself is the process's. */
        @Override
        public synchronized void close() {
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
