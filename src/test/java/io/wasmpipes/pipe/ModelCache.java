package io.wasmpipes.pipe;

import io.wasmpipes.Bytes;
import io.wasmpipes.Cache;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The simplest cache that keeps the contract; fails at random before and after it has done what it was asked for. */
final class ModelCache implements Cache {
    private final Map<String, Bytes> values = new HashMap<>();
    private final Map<String, String> claims = new HashMap<>();
    private final Set<String> applied = new HashSet<>();
    private final Random random;
    private final int faultPercent;

    ModelCache(long seed, int faultPercent) {
        this.random = new Random(seed);
        this.faultPercent = faultPercent;
    }

    private void fault() throws TransientException {
        if (random.nextInt(100) < faultPercent) {
            throw TransientException.outage("model fault: cache");
        }
    }

    @Override
    public void connect() {}

    @Override
    public synchronized @Nullable Bytes get(String key) throws TransientException {
        fault();
        return values.get(key);
    }

    synchronized long number(String key) {
        Bytes value = values.get(key);
        return value == null ? 0 : Long.parseLong(value.utf8());
    }

    @Override
    public synchronized void commit(String owner, List<Write> writes, Duration remember) throws TransientException {
        fault();
        if (applied.add(owner)) {
            for (Write write : writes) {
                switch (write) {
                    case Write.Put(var key, var value, var ttl) -> values.put(key, value);
                    case Write.Delete(var key) -> values.remove(key);
                    case Write.Add(var key, var delta, var ttl) ->
                        values.put(key, Bytes.utf8(Long.toString(number(key) + delta)));
                }
                claims.remove(write.key(), owner);
            }
        }
        fault();
    }

    @Override
    public synchronized boolean applied(String owner) throws TransientException {
        fault();
        return applied.contains(owner);
    }

    @Override
    public synchronized Claim claim(String key, String owner, Duration lease) throws TransientException {
        fault();
        if (values.containsKey(key)) {
            return Claim.PRESENT;
        }
        String holder = claims.putIfAbsent(key, owner);
        return holder == null || holder.equals(owner) ? Claim.ACQUIRED : Claim.HELD;
    }

    @Override
    public synchronized void release(List<String> keys, String owner) {
        keys.forEach(key -> claims.remove(key, owner));
    }

    @Override
    public void close() {}
}
