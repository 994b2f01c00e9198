package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Keeps what a guest writes, up to a limit. What comes after that is dropped, or ends the guest. One thread. */
final class Capture extends OutputStream {
    private final long limit;
    private final boolean ends;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean full;

    /** {@code ends}: the guest is stopped when it writes more. */
    Capture(long limit, boolean ends) {
        this.limit = limit;
        this.ends = ends;
    }

    boolean full() {
        return full;
    }

    Bytes bytes() {
        return Bytes.wrap(kept.toByteArray());
    }

    @Override
    public void write(int b) {
        if (kept.size() < limit) {
            kept.write(b);
        } else {
            overflow();
        }
    }

    private void overflow() {
        full = true;
        if (ends) {
            throw new UncheckedIOException(new IOException("no room"));
        }
    }

    /** Refuses to work for an interrupted guest, which might never stop otherwise. */
    @Override
    public void write(byte[] bytes, int offset, int length) throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("the guest's time is over");
        }
        int room = (int) Math.min(length, limit - kept.size());
        kept.write(bytes, offset, room);
        if (room < length) {
            overflow();
        }
    }
}
