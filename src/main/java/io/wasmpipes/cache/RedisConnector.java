package io.wasmpipes.cache;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Tls;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
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
final class RedisConnector implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int DEFAULT_PORT = 6379;

    private final Endpoint endpoint;
    private final String name;
    private final ReentrantLock connecting = new ReentrantLock();
    private @Nullable RedisClient client;
    private final AtomicReference<@Nullable StatefulRedisConnection<byte[], byte[]>> current = new AtomicReference<>();
    private boolean closed;

    RedisConnector(Endpoint endpoint) {
        this.endpoint = endpoint;
        this.name = endpoint.scheme() + "://" + endpoint.host() + ":" + port() + "/" + database();
    }

    /** The server, without credentials: for messages. */
    String name() {
        return name;
    }

    /** The open connection, or a new one. */
    StatefulRedisConnection<byte[], byte[]> connection() throws TransientException, InterruptedException {
        StatefulRedisConnection<byte[], byte[]> open = current.get();
        if (open != null && open.isOpen()) {
            return open;
        }
        if (!connecting.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw TransientException.outage("cache " + name + " does not answer");
        }
        try {
            open = current.get();
            if (open != null && open.isOpen()) {
                return open;
            }
            StatefulRedisConnection<byte[], byte[]> fresh = open();
            current.set(fresh);
            return fresh;
        } finally {
            connecting.unlock();
        }
    }

    private StatefulRedisConnection<byte[], byte[]> open() throws TransientException, InterruptedException {
        if (closed) {
            throw TransientException.outage("cache " + name + " is closed");
        }
        try {
            RedisClient redis = client();
            redis.setOptions(options());
            var pending = redis.connectAsync(ByteArrayCodec.INSTANCE, uri());
            try {
                return pending.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                var _ = pending.toCompletableFuture().thenAccept(StatefulRedisConnection::close);
                throw TransientException.outage("cache " + name + " does not answer", e);
            }
        } catch (ExecutionException e) {
            throw TransientException.outage("cache " + name + " cannot be used: " + reason(e), e);
        } catch (ConfigException e) {
            throw TransientException.outage("cache " + name + " cannot be used: " + e.getMessage(), e);
        }
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
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(PATIENCE)
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
        RedisURI.Builder uri = RedisURI.Builder.redis(endpoint.host(), port())
                .withDatabase(database())
                .withSsl(endpoint.scheme().equals("rediss"))
                .withTimeout(PATIENCE);
        RedisCredentials credentials = credentials();
        if (credentials.hasPassword()) {
            uri.withAuthentication(RedisCredentialsProvider.from(() -> credentials));
        }
        return uri.build();
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

    private int database() {
        String path = endpoint.path().replace("/", "");
        return path.isEmpty() ? 0 : Integer.parseInt(path);
    }

    /** Gives a connection up after a failure on it; the next command opens another. */
    void drop(StatefulRedisConnection<byte[], byte[]> broken) {
        if (current.compareAndSet(broken, null)) {
            var _ = broken.closeAsync();
        }
    }

    /** What the innermost cause says: the outer ones only say that there is one. */
    static String reason(Throwable failure) {
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
