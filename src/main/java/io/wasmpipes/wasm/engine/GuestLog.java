package io.wasmpipes.wasm.engine;

import java.io.ByteArrayOutputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What one guest says, line by line in the log under {@code module.<alias>}: long lines are cut, and of too many lines
 * in a second only the count is told. One thread.
 */
public final class GuestLog {
    /** Characters of one line. */
    public static final int LINE_MAX = 4096;

    private static final int LINES_PER_SECOND = 100;
    private static final long SECOND = 1_000_000_000L;

    private final Logger logger;
    private final LongSupplier nanos;
    private long windowStart;
    private int written;
    private int suppressed;

    public GuestLog(String alias, LongSupplier nanos) {
        this.logger = LoggerFactory.getLogger("module." + alias);
        this.nanos = nanos;
        this.windowStart = nanos.getAsLong();
    }

    /** Writes a line; control characters in it become blanks. */
    public void line(Level level, String text) {
        if (!logger.isEnabledForLevel(level)) {
            return;
        }
        if (admitted()) {
            String cut = text.length() > LINE_MAX ? text.substring(0, LINE_MAX) + "…" : text;
            logger.atLevel(level).log("{}", cut.replaceAll("\\p{Cntrl}", " "));
        }
    }

    private boolean admitted() {
        long now = nanos.getAsLong();
        if (now - windowStart >= SECOND) {
            if (suppressed > 0) {
                logger.warn("{} lines suppressed, more than {} in a second", suppressed, LINES_PER_SECOND);
            }
            windowStart = now;
            written = 0;
            suppressed = 0;
        }
        if (written < LINES_PER_SECOND) {
            written++;
            return true;
        }
        suppressed++;
        return false;
    }

    /** A stream whose lines go to the log. */
    OutputStream stream(Level level) {
        return new Lines(level);
    }

    /** Collects bytes until a line ends. Refuses to work for an interrupted guest, which might never stop otherwise. */
    private final class Lines extends OutputStream {
        private final Level level;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(Level level) {
            this.level = level;
        }

        @Override
        public void write(int b) {
            if (b == '\n') {
                line(level, line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else if (line.size() <= LINE_MAX) {
                line.write(b);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws InterruptedIOException {
            for (int i = offset; i < offset + length; i++) {
                if ((i & 0xFFF) == 0 && Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("the guest's time is over");
                }
                write(bytes[i]);
            }
        }
    }
}
