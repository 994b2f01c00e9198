package io.wasmpipes.pipe;

import io.wasmpipes.Bytes;
import io.wasmpipes.Cache;
import io.wasmpipes.Cache.Write;
import io.wasmpipes.State;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cache as one message sees it: its writes wait here, seen by later messages of the lane, until the sink has confirmed.
 * A message that has read another's uncommitted write is committed after it, and runs again if that one rolls back. Owned
 * by the lane.
 */
final class Overlay implements State {
    private enum Fate {
        OPEN,
        COMMITTED,
        ROLLED_BACK
    }

    static final Duration CLAIM_LEASE = Duration.ofMinutes(1);

    private final Cache cache;
    private final Ledger ledger;
    private final String owner;
    private final List<Write> writes = new ArrayList<>();
    private final List<String> claims = new ArrayList<>();
    private final Set<Overlay> readFrom = new HashSet<>();
    private long claimedNanos;
    private Fate fate = Fate.OPEN;

    Overlay(Cache cache, Ledger ledger, String owner) {
        this.cache = cache;
        this.ledger = ledger;
        this.owner = owner;
    }

    @Override
    public @Nullable Bytes get(String key) throws TransientException, InterruptedException {
        List<Ledger.Entry> entries = ledger.entries(key);
        noteWriters(entries);
        int base = entries.size() - 1;
        while (base >= 0 && entries.get(base).write() instanceof Write.Add) {
            base--;
        }
        Bytes value = base < 0
                ? cache.get(key)
                : entries.get(base).write() instanceof Write.Put(var k, var put, var ttl) ? put : null;
        for (Ledger.Entry entry : entries.subList(base + 1, entries.size())) {
            if (entry.write() instanceof Write.Add(var k, var delta, var ttl)) {
                value = Bytes.utf8(Long.toString(number(value) + delta));
            }
        }
        return value;
    }

    private void noteWriters(List<Ledger.Entry> entries) {
        for (Ledger.Entry entry : entries) {
            if (!entry.writer().equals(this)) {
                readFrom.add(entry.writer());
            }
        }
    }

    private static long number(@Nullable Bytes value) {
        try {
            return value == null ? 0 : Long.parseLong(value.utf8());
        } catch (NumberFormatException e) {
            return 0; // as the cache itself counts it
        }
    }

    @Override
    public void set(String key, Bytes value, @Nullable Duration ttl) {
        write(new Write.Put(key, value, ttl));
    }

    @Override
    public void delete(String key) {
        write(new Write.Delete(key));
    }

    private void write(Write write) {
        writes.add(write);
        ledger.add(this, write);
    }

    @Override
    public boolean putIfAbsent(String key, Bytes value, @Nullable Duration ttl)
            throws TransientException, InterruptedException {
        if (get(key) != null) {
            return false;
        }
        if (ledger.entries(key).stream().anyMatch(entry -> !entry.writer().equals(this))) {
            throw TransientException.message("another message of this lane is about to delete the key");
        }
        return switch (cache.claim(key, owner, CLAIM_LEASE)) {
            case PRESENT -> ownDelete(key, value, ttl);
            case HELD -> throw TransientException.message("another message has claimed the key and is not through yet");
            case ACQUIRED -> {
                claims.add(key);
                claimedNanos = System.nanoTime();
                set(key, value, ttl);
                yield true;
            }
        };
    }

    /** The cache has a value: absent only in this message's eyes, if it has deleted the key itself. */
    private boolean ownDelete(String key, Bytes value, @Nullable Duration ttl) {
        boolean deleted = !ledger.entries(key).isEmpty();
        if (deleted) {
            set(key, value, ttl);
        }
        return deleted;
    }

    @Override
    public long increment(String key, long delta, @Nullable Duration ttl)
            throws TransientException, InterruptedException {
        long sum = number(get(key)) + delta;
        write(new Write.Add(key, delta, ttl));
        return sum;
    }

    /** Whether every write it has read has been committed. */
    boolean mayCommit() {
        for (Overlay writer : readFrom) {
            if (writer.fate != Fate.COMMITTED) {
                return false;
            }
        }
        return true;
    }

    /** Whether it has read a write that never became real. */
    boolean misread() {
        for (Overlay writer : readFrom) {
            if (writer.fate == Fate.ROLLED_BACK) {
                return true;
            }
        }
        return false;
    }

    /** Makes the writes real; may be repeated until it succeeds. */
    void commit(Duration remember) throws TransientException, InterruptedException {
        if (!writes.isEmpty()) {
            cache.commit(owner, writes, remember);
        }
        close(Fate.COMMITTED);
    }

    /** Forgets the writes and gives the claims back. A cache that is away ends claims by their lease. */
    void rollBack() throws InterruptedException {
        close(Fate.ROLLED_BACK);
        if (!claims.isEmpty()) {
            try {
                cache.release(claims, owner);
            } catch (TransientException e) {
                claims.clear(); // their lease ends them
            }
        }
    }

    private void close(Fate end) {
        fate = end;
        ledger.remove(this, writes);
    }

    /** Keeps the claims while the message is held; false if one is lost, and the message must run again. */
    boolean keepClaims() throws TransientException, InterruptedException {
        if (claims.isEmpty() || System.nanoTime() - claimedNanos < CLAIM_LEASE.toNanos() / 3) {
            return true;
        }
        for (String key : claims) {
            if (cache.claim(key, owner, CLAIM_LEASE) != Cache.Claim.ACQUIRED) {
                return false;
            }
        }
        claimedNanos = System.nanoTime();
        return true;
    }
}
