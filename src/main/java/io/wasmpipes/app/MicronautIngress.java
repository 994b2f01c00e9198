package io.wasmpipes.app;

import io.micronaut.context.ApplicationContext;
import io.micronaut.http.netty.channel.EventLoopGroupRegistry;
import io.micronaut.http.server.exceptions.ServerStartupException;
import io.micronaut.http.server.netty.NettyEmbeddedServer;
import io.micronaut.http.server.netty.NettyEmbeddedServerFactory;
import io.micronaut.http.server.netty.configuration.NettyHttpServerConfiguration;
import io.netty.util.concurrent.EventExecutor;
import io.wasmpipes.adapter.http.HttpIngress;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Listens by Micronaut's Netty server, one server for each address, all in one application context; Micronaut's own default
 * port stays closed.
 */
final class MicronautIngress implements HttpIngress {
    private static final long FLUSH_MILLIS = 1000;

    private final ApplicationContext context;
    private final Switchboard switchboard;

    MicronautIngress(ApplicationContext context) {
        this.context = context;
        this.switchboard = context.getBean(Switchboard.class);
    }

    /** Starts Micronaut without any server of its own; {@code beans} are what the filter and the controllers need. */
    static ApplicationContext start(Object... beans) {
        return ApplicationContext.builder()
                .banner(false)
                .deduceEnvironment(false)
                .bootstrapEnvironment(false)
                .enableDefaultPropertySources(false)
                .eagerInitSingletons(false)
                .singletons(beans)
                .start();
    }

    @Override
    public Binding bind(Address address, Handler handler) throws IOException {
        NettyEmbeddedServer server = listen(address);
        int port = server.getPort();
        switchboard.connect(port, handler);
        AtomicBoolean closed = new AtomicBoolean();
        return new Binding() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public void close() {
                if (closed.compareAndSet(false, true)) {
                    flush();
                    server.stop();
                    switchboard.disconnect(port);
                    flush();
                }
            }
        };
    }

    /** Returns when the I/O threads have done what they were given so far, above all written the last answers. */
    private void flush() {
        for (EventExecutor loop : context.getBean(EventLoopGroupRegistry.class).getDefaultEventLoopGroup()) {
            boolean _ = loop.submit(() -> {}).awaitUninterruptibly(FLUSH_MILLIS);
        }
    }

    /** Listens for the management routes. */
    NettyEmbeddedServer manage(Address address) throws IOException {
        NettyEmbeddedServer server = listen(address);
        switchboard.manage(server.getPort());
        return server;
    }

    private NettyEmbeddedServer listen(Address address) throws IOException {
        NettyHttpServerConfiguration configuration = new NettyHttpServerConfiguration();
        configuration.setPort(address.port() == 0 ? -1 : address.port());
        if (!address.host().isEmpty()) {
            configuration.setHost(address.host().replaceAll("^\\[|]$", ""));
        }
        configuration.setRequestDecompressionEnabled(false);
        configuration.setMaxRequestSize(Long.MAX_VALUE);
        configuration.setKeepAliveOnServerError(true);
        configuration.setDateHeader(false);
        try {
            NettyEmbeddedServer server =
                    context.getBean(NettyEmbeddedServerFactory.class).build(configuration);
            if (address.tls() != null) {
                server.register(new ServerTls(address.tls()));
            }
            server.start();
            return server;
        } catch (ServerStartupException e) {
            throw new IOException(reason(e), e);
        }
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
