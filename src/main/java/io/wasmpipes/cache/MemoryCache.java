package io.wasmpipes.cache;

import io.wasmpipes.Bytes;
import io.wasmpipes.Cache;
import io.wasmpipes.TransientException;
import io.wasmpipes.cache.BoundedRecords.Age;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The cache of one process: a plain LRU, so that what was just written is there. Values share {@code maxBytes}, keys
 * included, and the least recently used give way. Records of applied owners and claims have a quarter of that each, on
 * top: the oldest records give way, claims never do. All under one lock, held for no longer than a commit takes.
 */
final class MemoryCache implements Cache {
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,40}");

    private final BoundedRecords<Bytes> values;
    private final BoundedRecords<String> applied;
    private final BoundedRecords<String> claims;
    private final ReentrantLock lock = new ReentrantLock();

    /** @param nanos a clock as {@link System#nanoTime} is one */
    MemoryCache(long maxBytes, LongSupplier nanos) {
        values = new BoundedRecords<>(maxBytes, Age.SINCE_USED, Bytes::length, nanos);
        applied = new BoundedRecords<>(maxBytes / 4, Age.SINCE_WRITTEN, String::length, nanos);
        claims = new BoundedRecords<>(maxBytes / 4, Age.SINCE_WRITTEN, String::length, nanos);
    }

    @Override
    public void connect() {}

    @Override
    public @Nullable Bytes get(String key) {
        lock.lock();
        try {
            return values.get(key);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void commit(String owner, List<Write> writes, Duration remember) {
        lock.lock();
        try {
            if (applied.get(owner) != null) {
                return;
            }
            for (Write write : writes) {
                write(write);
                if (owner.equals(claims.get(write.key()))) {
                    claims.remove(write.key());
                }
            }
            applied.put(owner, "", remember);
        } finally {
            lock.unlock();
        }
    }

    private void write(Write write) {
        switch (write) {
            case Write.Put(var key, var bytes, var ttl) -> values.put(key, Bytes.wrap(bytes.readOnlyArray()), ttl);
            case Write.Delete(var key) -> values.remove(key);
            case Write.Add(var key, var delta, var ttl) -> {
                long sum = add(number(values.get(key)), delta);
                values.put(key, Bytes.utf8(Long.toString(sum)), ttl);
            }
        }
    }

    private static long number(@Nullable Bytes value) {
        String text = value == null ? "" : value.utf8();
        try {
            return NUMBER.matcher(text).matches() ? Long.parseLong(text) : 0;
        } catch (NumberFormatException e) {
            return 0; // out of range
        }
    }

    /** Stops at the ends of the range, as the script in Redis does. */
    private static long add(long number, long delta) {
        long sum = number + delta;
        boolean overflow = ((number ^ sum) & (delta ^ sum)) < 0;
        return !overflow ? sum : delta < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    @Override
    public boolean applied(String owner) {
        lock.lock();
        try {
            return applied.get(owner) != null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Claim claim(String key, String owner, Duration lease) throws TransientException {
        lock.lock();
        try {
            if (values.get(key) != null) {
                return Claim.PRESENT;
            }
            String holder = claims.get(key);
            if (holder != null && !holder.equals(owner)) {
                return Claim.HELD;
            }
            if (!claims.hasRoom(key, owner)) {
                throw TransientException.outage("the cache holds too many claims: CACHE_MAX_BYTES is too small");
            }
            claims.put(key, owner, lease);
            return Claim.ACQUIRED;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(List<String> keys, String owner) {
        lock.lock();
        try {
            for (String key : keys) {
                if (owner.equals(claims.get(key))) {
                    claims.remove(key);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            values.clear();
            applied.clear();
            claims.clear();
        } finally {
            lock.unlock();
        }
    }
}
