package io.wasmpipes;

import java.util.concurrent.Semaphore;

/**
 * How long a delivery is ours: until its system would give it to somebody else. That can be put off until it has been kept
 * for as long as it may be, and whoever claims it ends it. Times are those of {@link System#nanoTime}. Thread-safe.
 */
public final class Lease {
    private final long keepUntil;
    /** Is out while an extension is under way. */
    private final Semaphore turn = new Semaphore(1);

    private volatile boolean over;
    private volatile long end;

    /**
     * @param end when somebody else may get it
     * @param keepUntil when it is no longer extended
     */
    public Lease(long end, long keepUntil) {
        this.end = end;
        this.keepUntil = keepUntil;
    }

    /** Whether it is ours and not claimed. Once it has run out it stays so. */
    public boolean live() {
        if (!over && System.nanoTime() - end >= 0) {
            over = true;
        }
        return !over;
    }

    /** Whether it may still be extended at {@code now}. */
    public boolean mayKeep(long now) {
        return now - keepUntil < 0;
    }

    /** Nobody else gets it before {@code later}. For systems whose extensions and settlements keep their order. */
    public void extend(long later) {
        end = later;
    }

    /**
     * Begins an extension, which claims wait for.
     *
     * @return false if there can be none; else {@link #extended} or {@link #notExtended} must follow
     */
    public boolean beginExtension(long now) {
        turn.acquireUninterruptibly();
        if (live() && mayKeep(now)) {
            return true;
        }
        turn.release();
        return false;
    }

    /** Ends an extension: nobody else gets it before {@code later}. */
    public void extended(long later) {
        end = later;
        turn.release();
    }

    /** Ends an extension that was not granted. */
    public void notExtended() {
        turn.release();
    }

    /** Ends it, once an extension under way has ended: true for the one caller that may settle it. */
    public boolean claim() {
        turn.acquireUninterruptibly();
        boolean claimed = live();
        over = true;
        turn.release();
        return claimed;
    }

    /** Takes a {@link #claim} back, because the settlement was not heard. */
    public void unclaim() {
        over = false;
    }

    /** It is somebody else's. */
    public void lose() {
        over = true;
    }
}
