package io.wasmpipes.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Tls;
import io.wasmpipes.TransientException;
import java.nio.CharBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection to Redis, opened when it is needed: after a failure the next command connects anew, with the
 * password and certificates as they are then. There is no reconnecting behind the pipe's back, so a command never waits
 * for more than one connect and one answer. Thread-safe.
 */
public final class RedisConnector implements AutoCloseable {
    /** For one answer to a small command. */
    public static final Duration PATIENCE = Duration.ofSeconds(2);

    /** For a connection, the wait for another thread that is opening it included. */
    private static final Duration CONNECT_PATIENCE = Duration.ofMillis(2500);

    private static final int DEFAULT_PORT = 6379;

    private final Endpoint endpoint;
    private final String name;
    private final int database;
    private final ReentrantLock connecting = new ReentrantLock();
    private @Nullable RedisClient client;
    private final AtomicReference<@Nullable StatefulRedisConnection<byte[], byte[]>> current = new AtomicReference<>();
    private boolean closed;

    /** {@code use} is what messages call it, such as {@code cache}; the path of the endpoint is not looked at. */
    public RedisConnector(Endpoint endpoint, String use, int database) {
        this.endpoint = endpoint;
        this.database = database;
        this.name = use + " " + endpoint.scheme() + "://" + endpoint.host() + ":" + port() + "/" + database;
    }

    /** The use and the server, without credentials: for messages. */
    public String name() {
        return name;
    }

    /** The open connection, or a new one; within 5 s. */
    public StatefulRedisConnection<byte[], byte[]> connection() throws TransientException, InterruptedException {
        StatefulRedisConnection<byte[], byte[]> open = current.get();
        if (open != null && open.isOpen()) {
            return open;
        }
        long deadline = System.nanoTime() + CONNECT_PATIENCE.toNanos();
        if (!connecting.tryLock(CONNECT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw TransientException.outage(name + " does not answer");
        }
        try {
            open = current.get();
            if (open != null && open.isOpen()) {
                return open;
            }
            StatefulRedisConnection<byte[], byte[]> fresh = open(deadline);
            current.set(fresh);
            return fresh;
        } finally {
            connecting.unlock();
        }
    }

    private StatefulRedisConnection<byte[], byte[]> open(long deadline)
            throws TransientException, InterruptedException {
        if (closed) {
            throw TransientException.outage(name + " is closed");
        }
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> pending = null;
        boolean ready = false;
        try {
            RedisClient redis = client();
            redis.setOptions(options());
            pending = redis.connectAsync(ByteArrayCodec.INSTANCE, uri()).toCompletableFuture();
            StatefulRedisConnection<byte[], byte[]> fresh = await(pending, deadline);
            greet(fresh.async(), deadline);
            ready = true;
            return fresh;
        } catch (TimeoutException e) {
            throw TransientException.outage(name + " does not answer", e);
        } catch (ExecutionException e) {
            throw TransientException.outage(name + " cannot be used: " + reason(e), e);
        } catch (ConfigException e) {
            throw TransientException.outage(name + " cannot be used: " + e.getMessage(), e);
        } finally {
            if (!ready && pending != null) {
                var _ = pending.thenCompose(StatefulRedisConnection::closeAsync);
            }
        }
    }

    /**
     * Authenticates and chooses the database. Left to Lettuce's handshake, a refusal that comes early is lost at times: it
     * then says that a handler is not registered instead of WRONGPASS.
     */
    private void greet(RedisAsyncCommands<byte[], byte[]> redis, long deadline)
            throws TimeoutException, ExecutionException, InterruptedException {
        RedisCredentials credentials = credentials();
        if (credentials.hasPassword()) {
            CharSequence password = CharBuffer.wrap(credentials.getPassword());
            await(
                    credentials.hasUsername() ? redis.auth(credentials.getUsername(), password) : redis.auth(password),
                    deadline);
        }
        if (database != 0) {
            await(
                    redis.dispatch(
                            CommandType.SELECT,
                            new StatusOutput<>(ByteArrayCodec.INSTANCE),
                            new CommandArgs<>(ByteArrayCodec.INSTANCE).add(database)),
                    deadline);
        }
    }

    private static <T> T await(Future<T> future, long deadline)
            throws TimeoutException, ExecutionException, InterruptedException {
        return future.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private RedisClient client() {
        RedisClient known = client;
        if (known == null) {
            known = RedisClient.create(ClientResources.builder()
                    .ioThreadPoolSize(2)
                    .computationThreadPoolSize(2)
                    .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                    .build());
            client = known;
        }
        return known;
    }

    private ClientOptions options() throws ConfigException {
        ClientOptions.Builder options = ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .protocolVersion(ProtocolVersion.RESP2)
                .pingBeforeActivateConnection(false)
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build()) // each caller has its own
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT_PATIENCE)
                        .keepAlive(true)
                        .build());
        Optional<Tls> tls = Tls.read(endpoint.variables());
        if (tls.isPresent()) {
            SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
            if (tls.get().trust() != null) {
                ssl.trustManager(tls.get().trust());
            }
            if (tls.get().keys() != null) {
                ssl.keyManager(tls.get().keys());
            }
            options.sslOptions(ssl.build());
        }
        return options.build();
    }

    private RedisURI uri() {
        return RedisURI.Builder.redis(endpoint.host(), port())
                .withSsl(endpoint.scheme().equals("rediss"))
                .withTimeout(CONNECT_PATIENCE)
                .build();
    }

    /** Of the URI ({@code user:password@}, or {@code password@}), else of REDIS_USER and REDIS_PASSWORD as they are now. */
    private RedisCredentials credentials() {
        String info = endpoint.userInfo();
        int colon = info.indexOf(':');
        String user = colon > 0 ? info.substring(0, colon) : null;
        if (!info.isEmpty()) {
            return RedisCredentials.just(user, info.substring(colon + 1));
        }
        return RedisCredentials.just(
                endpoint.variables().get("REDIS_USER").orElse(null),
                endpoint.variables().get("REDIS_PASSWORD").orElse(null));
    }

    private int port() {
        return endpoint.port() < 0 ? DEFAULT_PORT : endpoint.port();
    }

    /** Gives a connection up after a failure on it; the next command opens another. */
    public void drop(StatefulRedisConnection<byte[], byte[]> broken) {
        if (current.compareAndSet(broken, null)) {
            var _ = broken.closeAsync();
        }
    }

    /** What the innermost cause says: the outer ones only say that there is one. */
    public static String reason(Throwable failure) {
        Throwable inner = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            inner = cause;
        }
        String message = inner.getMessage();
        return message == null ? inner.getClass().getSimpleName() : message;
    }

    @Override
    public void close() {
        connecting.lock();
        try {
            closed = true;
            RedisClient known = client;
            if (known != null) {
                known.shutdown(Duration.ZERO, PATIENCE);
                var _ = known.getResources().shutdown(0, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                client = null;
            }
        } finally {
            connecting.unlock();
        }
    }
}
