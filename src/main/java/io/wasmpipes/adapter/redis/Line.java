package io.wasmpipes.adapter.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.wasmpipes.TransientException;
import io.wasmpipes.redis.RedisConnector;
import io.wasmpipes.redis.RedisScript;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One connection to the server of a stream: asks, waits for a bounded time, and says in our words what went wrong. Any thread. */
final class Line implements AutoCloseable {
    /** Of answers that carry bodies. */
    static final Duration LONG = Duration.ofSeconds(10);

    private final RedisConnector connector;
    private final RedisSettings.Place place;
    private final byte[] stream;

    Line(RedisSettings settings) {
        this.place = settings.place();
        this.connector = new RedisConnector(settings.endpoint(), "stream", place.database());
        this.stream = utf8(place.stream());
    }

    /** The connection in use, or a new one; within about 2.5 s. */
    StatefulRedisConnection<byte[], byte[]> open() throws TransientException, InterruptedException {
        return connector.connection();
    }

    /** A command whose words are texts, numbers or bytes. */
    List<Object> ask(CommandType command, Object... words) throws TransientException, InterruptedException {
        StatefulRedisConnection<byte[], byte[]> connection = open();
        return await(connection, send(connection, command, words), RedisConnector.PATIENCE);
    }

    /** Sends without waiting for the answer. */
    static RedisFuture<List<Object>> send(
            StatefulRedisConnection<byte[], byte[]> connection, ProtocolKeyword command, Object... words) {
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
        for (Object word : words) {
            args.add(word instanceof byte[] bytes ? bytes : utf8(word.toString()));
        }
        return connection.async().dispatch(command, new NestedMultiOutput<>(ByteArrayCodec.INSTANCE), args);
    }

    /** Runs a script on the stream. */
    List<Object> run(RedisScript script, Duration patience, Object... words)
            throws TransientException, InterruptedException {
        byte[][] keys = {stream};
        byte[][] args = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            args[i] = utf8(words[i].toString());
        }
        StatefulRedisConnection<byte[], byte[]> connection = open();
        RedisFuture<List<Object>> answer =
                connection.async().evalsha(script.digest(), ScriptOutputType.MULTI, keys, args);
        try {
            return get(connection, answer, patience);
        } catch (RedisNoScriptException e) { // the server has not seen it yet, or was restarted
            byte[] source = script.source().readOnlyArray();
            return await(connection, connection.async().eval(source, ScriptOutputType.MULTI, keys, args), patience);
        }
    }

    /** The answer to what was sent; a connection that does not answer is given up. */
    <T> T await(StatefulRedisConnection<byte[], byte[]> connection, RedisFuture<T> answer, Duration patience)
            throws TransientException, InterruptedException {
        try {
            return get(connection, answer, patience);
        } catch (RedisNoScriptException e) {
            throw TransientException.outage(this + " keeps no scripts", e);
        }
    }

    private <T> T get(StatefulRedisConnection<byte[], byte[]> connection, RedisFuture<T> answer, Duration patience)
            throws TransientException, InterruptedException {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            drop(connection);
            throw TransientException.outage(this + " does not answer", e);
        } catch (CancellationException e) {
            drop(connection);
            throw TransientException.outage("the connection to " + this + " is lost", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisNoScriptException missing) {
                throw missing;
            }
            throw failed(connection, e);
        }
    }

    /** Why a command failed. A connection is kept only after a refusal that another one would hear as well. */
    TransientException failed(StatefulRedisConnection<byte[], byte[]> connection, Throwable failure) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        if (!(cause instanceof RedisCommandExecutionException)) {
            drop(connection);
            return TransientException.outage("the connection to " + this + " is lost", failure);
        }
        String refusal = String.valueOf(cause.getMessage());
        String word = refusal.indexOf(' ') < 0 ? refusal : refusal.substring(0, refusal.indexOf(' '));
        String meaning = switch (word) {
            case "WRONGTYPE" -> "the key " + place.stream() + " holds something else than a stream";
            case "NOGROUP" -> "the stream " + place.stream() + " or its group is missing";
            case "OOM" -> "it has no memory left";
            case "MISCONF" -> "it cannot write to its disk";
            default -> {
                drop(connection); // the next one logs in anew, or finds another server
                yield meaning(word);
            }
        };
        return TransientException.outage(
                this + " refuses" + (meaning.isEmpty() ? "" : ", " + meaning) + ": " + refusal, cause);
    }

    private static String meaning(String word) {
        return switch (word) {
            case "READONLY" -> "it is a replica";
            case "LOADING" -> "it is loading its data";
            case "MASTERDOWN" -> "it has lost its master";
            case "NOAUTH", "WRONGPASS" -> "it wants a user or password: REDIS_USER, REDIS_PASSWORD";
            case "NOPERM" -> "the user has no right to";
            case "MOVED", "ASK", "CLUSTERDOWN" -> "it is a node of a cluster, whose redirects are not followed";
            default -> "";
        };
    }

    void drop(StatefulRedisConnection<byte[], byte[]> connection) {
        connector.drop(connection);
    }

    /** The stream itself, or what keeps it from being one; "none" if there is nothing. */
    String type() throws TransientException, InterruptedException {
        return text(ask(CommandType.TYPE, stream).getFirst());
    }

    /** A server setting, or null where the server does not tell. */
    @Nullable
    String setting(String name) throws TransientException, InterruptedException {
        StatefulRedisConnection<byte[], byte[]> connection = open();
        try {
            List<Object> answer = send(connection, CommandType.CONFIG, "GET", name)
                    .get(RedisConnector.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return answer.size() < 2 ? null : text(answer.get(1));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisCommandExecutionException) {
                return null;
            }
            throw failed(connection, e);
        } catch (TimeoutException e) {
            drop(connection);
            throw TransientException.outage(this + " does not answer", e);
        }
    }

    byte[] stream() {
        return stream;
    }

    static String text(@Nullable Object word) {
        return word instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(word);
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(@Nullable Object answer) {
        return answer instanceof List<?> list ? (List<Object>) list : new ArrayList<>();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The server and the stream, without secrets. */
    @Override
    public String toString() {
        return connector.name() + " " + place.stream();
    }

    @Override
    public void close() {
        connector.close();
    }
}
