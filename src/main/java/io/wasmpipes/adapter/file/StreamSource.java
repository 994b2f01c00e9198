package io.wasmpipes.adapter.file;

import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Frames;
import io.wasmpipes.Message;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads messages off a stream of bytes, in order, once. What has been read does not come again. */
final class StreamSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(StreamSource.class);
    private static final Duration SLICE = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private record Line(Message message) implements Delivery {
        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public boolean live() {
            return true;
        }
    }

    private final String name;
    private final Feed feed;
    private final Frames frames;
    private final byte[] buffer = new byte[64 << 10];
    private @Nullable Message held;
    private boolean ended;
    private volatile boolean exhausted;
    private volatile boolean closed;

    /** {@code name} is for people. */
    StreamSource(String name, Feed feed, Frames frames) {
        this.name = name;
        this.feed = feed;
        this.frames = frames;
    }

    @Override
    public void connect() throws TransientException {
        try {
            feed.open();
        } catch (IOException e) {
            throw TransientException.outage(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        List<Delivery> taken = new ArrayList<>(Math.min(demand.messages(), 128));
        if (closed || exhausted) {
            return taken;
        }
        connect();
        long end = System.nanoTime() + demand.patience().toNanos();
        long sum = 0;
        Message next = held != null ? held : next(end);
        while (next != null && demand.admits(next.size(), taken.size(), sum)) {
            taken.add(new Line(next));
            sum += next.size();
            next = taken.size() < demand.messages() ? next(0) : null;
        }
        held = next;
        exhausted = ended && next == null && frames.left() == 0;
        if (taken.isEmpty() && held != null) { // no room for it yet: do not make the caller spin
            Thread.sleep(PAUSE);
        }
        return taken;
    }

    /** The next message; waits until {@code end}, 0 for not at all. */
    private @Nullable Message next(long end) throws TransientException, InterruptedException {
        while (true) {
            Bytes body = frames.next();
            if (body != null) {
                return Message.of(body);
            }
            if (ended) {
                return last();
            }
            long left = end == 0 ? 0 : end - System.nanoTime();
            int count = read(Duration.ofNanos(Math.clamp(left, 0, SLICE.toNanos())));
            if (count < 0) {
                ended = true;
            } else if (count > 0) {
                frames.feed(buffer, count);
            } else if (left <= 0 || closed) {
                return null;
            }
        }
    }

    private @Nullable Message last() {
        Bytes line = frames.lastLine();
        if (line != null) {
            return Message.of(line);
        }
        if (frames.left() > 0) {
            LOG.warn("{} ends within a message: bytes={} are dropped", name, frames.left());
            exhausted = true;
        }
        return null;
    }

    private int read(Duration patience) throws TransientException, InterruptedException {
        try {
            return feed.read(buffer, patience);
        } catch (IOException e) {
            if (closed) {
                return 0;
            }
            throw TransientException.outage(name + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean exhausted() {
        return exhausted;
    }

    @Override
    public void settle(List<Settled> settled) {
        // what has been read has been read
    }

    @Override
    public void close() {
        closed = true;
        try {
            feed.close();
        } catch (IOException e) {
            LOG.debug("{} cannot be closed", name, e);
        }
    }
}
