package io.wasmpipes.app;

import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.wasmpipes.Tls;
import java.io.IOException;
import java.util.Objects;

/** Puts TLS before HTTP on every connection of one server; where there is a CA, clients must show a certificate of it. */
final class ServerTls implements NettyServerCustomizer {
    private final SslContext context;

    /** {@code tls} has keys. */
    ServerTls(Tls tls) throws IOException {
        this.context = SslContextBuilder.forServer(Objects.requireNonNull(tls.keys()))
                .sslProvider(SslProvider.JDK)
                .trustManager(tls.trust())
                .clientAuth(tls.trust() == null ? ClientAuth.NONE : ClientAuth.REQUIRE)
                .build();
    }

    @Override
    public NettyServerCustomizer specializeForChannel(Channel channel, ChannelRole role) {
        if (role == ChannelRole.CONNECTION) {
            channel.pipeline().addFirst("wasm-pipes-tls", context.newHandler(channel.alloc()));
        }
        return this;
    }
}
