package io.wasmpipes.cache;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.wasmpipes.Bytes;
import io.wasmpipes.Cache;
import io.wasmpipes.TransientException;
import io.wasmpipes.redis.RedisConnector;
import io.wasmpipes.redis.RedisScript;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The cache that pipes share in Redis. Each commit, claim and release is one script, so it happens as a whole or not at
 * all. Keys are {@code {namespace}:v:key}, {@code :c:key} for claims and {@code :a:owner} for applied owners: the braces
 * put them into one slot of a cluster. A command that was cut off may have been done; each may be repeated.
 */
final class RedisCache implements Cache {
    private static final RedisScript COMMIT = RedisScript.load(RedisCache.class, "commit.lua");
    private static final RedisScript CLAIM = RedisScript.load(RedisCache.class, "claim.lua");
    private static final RedisScript RELEASE = RedisScript.load(RedisCache.class, "release.lua");
    private static final byte[] NOTHING = {};

    private final RedisConnector connector;
    private final String prefix;

    RedisCache(RedisConnector connector, String namespace) {
        this.connector = connector;
        this.prefix = "{" + namespace + "}:";
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        ask(RedisAsyncCommands::ping);
    }

    @Override
    public @Nullable Bytes get(String key) throws TransientException, InterruptedException {
        byte[] value = ask(redis -> redis.get(valueKey(key)));
        return value == null ? null : Bytes.wrap(value);
    }

    @Override
    public void commit(String owner, List<Write> writes, Duration remember)
            throws TransientException, InterruptedException {
        List<byte[]> keys = new ArrayList<>();
        List<byte[]> args = new ArrayList<>();
        keys.add(appliedKey(owner));
        args.add(utf8(owner));
        args.add(millis(remember));
        for (Write write : writes) {
            keys.add(valueKey(write.key()));
            keys.add(claimKey(write.key()));
            switch (write) {
                case Write.Put(var _, var value, var ttl) ->
                    args.addAll(List.of(utf8("put"), value.readOnlyArray(), millis(ttl)));
                case Write.Delete(var _) -> args.addAll(List.of(utf8("delete"), NOTHING, NOTHING));
                case Write.Add(var _, var delta, var ttl) ->
                    args.addAll(List.of(utf8("add"), utf8(Long.toString(delta)), millis(ttl)));
            }
        }
        run(COMMIT, keys, args);
    }

    @Override
    public boolean applied(String owner) throws TransientException, InterruptedException {
        Long found = ask(redis -> redis.exists(appliedKey(owner)));
        return found != null && found > 0;
    }

    @Override
    public Claim claim(String key, String owner, Duration lease) throws TransientException, InterruptedException {
        List<byte[]> keys = List.of(valueKey(key), claimKey(key));
        int answer = run(CLAIM, keys, List.of(utf8(owner), millis(lease)));
        return switch (answer) {
            case 0 -> Claim.ACQUIRED;
            case 1 -> Claim.PRESENT;
            default -> Claim.HELD;
        };
    }

    @Override
    public void release(List<String> keys, String owner) throws TransientException, InterruptedException {
        if (!keys.isEmpty()) {
            run(RELEASE, keys.stream().map(this::claimKey).toList(), List.of(utf8(owner)));
        }
    }

    private int run(RedisScript script, List<byte[]> keyList, List<byte[]> argList)
            throws TransientException, InterruptedException {
        byte[][] keys = keyList.toArray(byte[][]::new);
        byte[][] args = argList.toArray(byte[][]::new);
        StatefulRedisConnection<byte[], byte[]> connection = connector.connection();
        Long answer;
        try {
            answer = await(
                    connection, connection.async().evalsha(script.digest(), ScriptOutputType.INTEGER, keys, args));
        } catch (RedisNoScriptException e) { // the server has not seen it yet, or was restarted
            answer = settle(
                    connection,
                    connection.async().eval(script.source().readOnlyArray(), ScriptOutputType.INTEGER, keys, args));
        }
        return answer == null ? 0 : answer.intValue();
    }

    private <T> @Nullable T ask(Function<RedisAsyncCommands<byte[], byte[]>, RedisFuture<T>> command)
            throws TransientException, InterruptedException {
        StatefulRedisConnection<byte[], byte[]> connection = connector.connection();
        return settle(connection, command.apply(connection.async()));
    }

    private <T> @Nullable T settle(StatefulRedisConnection<byte[], byte[]> connection, RedisFuture<T> future)
            throws TransientException, InterruptedException {
        try {
            return await(connection, future);
        } catch (RedisNoScriptException e) {
            throw TransientException.outage(connector.name() + " keeps no scripts", e);
        }
    }

    /** The answer. After a failure the connection is given up: its state is unknown, or its rights have ended. */
    private <T> @Nullable T await(StatefulRedisConnection<byte[], byte[]> connection, RedisFuture<T> future)
            throws TransientException, InterruptedException {
        try {
            return future.get(RedisConnector.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            connector.drop(connection);
            throw TransientException.outage(connector.name() + " does not answer", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisNoScriptException missing) {
                throw missing;
            }
            connector.drop(connection);
            throw TransientException.outage(connector.name() + " failed: " + RedisConnector.reason(e), e);
        }
    }

    private byte[] valueKey(String key) {
        return utf8(prefix + "v:" + key);
    }

    private byte[] claimKey(String key) {
        return utf8(prefix + "c:" + key);
    }

    private byte[] appliedKey(String owner) {
        return utf8(prefix + "a:" + owner);
    }

    /** Milliseconds as text; nothing for ever. */
    private static byte[] millis(@Nullable Duration ttl) {
        return ttl == null ? NOTHING : utf8(Long.toString(Ttl.of(ttl).toMillis()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        connector.close();
    }
}
