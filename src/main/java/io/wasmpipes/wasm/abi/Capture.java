package io.wasmpipes.wasm.abi;

import io.wasmpipes.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** Keeps what a guest writes, up to a limit; the rest is gone, and {@link #full} says so. One thread. */
final class Capture extends OutputStream {
    private final long limit;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean full;

    Capture(long limit) {
        this.limit = limit;
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
            full = true;
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
        full |= room < length;
    }
}
