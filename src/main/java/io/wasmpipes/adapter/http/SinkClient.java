package io.wasmpipes.adapter.http;

import io.micronaut.http.client.DefaultHttpClientConfiguration;
import io.micronaut.http.client.HttpClientConfiguration;
import io.micronaut.http.client.RawHttpClient;
import io.micronaut.http.client.netty.DefaultHttpClient;
import io.micronaut.http.client.netty.DefaultHttpClientBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Proxies;
import io.wasmpipes.Tls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The pooled client of one sink: its TLS, its proxy and its limits. Thread-safe. */
final class SinkClient implements AutoCloseable {
    private final Endpoint endpoint;
    private final SinkOptions options;
    private @Nullable RawHttpClient client;
    private boolean closed;

    SinkClient(Endpoint endpoint, SinkOptions options) {
        this.endpoint = endpoint;
        this.options = options;
    }

    /** The headers that {@code HTTP_HEADER_<NAME>} variables add to every request: {@code X_API_KEY} is {@code X-Api-Key}. */
    static List<Header> extraHeaders(Endpoint endpoint) {
        List<Header> extra = new ArrayList<>();
        endpoint.variables()
                .under("HTTP_HEADER_")
                .forEach(
                        (name, value) -> extra.add(Header.of(RequestHeaders.canonical(name.replace('_', '-')), value)));
        return List.copyOf(extra);
    }

    synchronized RawHttpClient open() throws ConfigException {
        RawHttpClient open = client;
        if (open == null) {
            open = create();
            client = open;
        }
        return open;
    }

    private RawHttpClient create() throws ConfigException {
        DefaultHttpClientBuilder builder = DefaultHttpClient.builder().configuration(configuration());
        if (options.secure()) {
            Optional<Tls> own = Tls.read(endpoint.variables());
            if (own.isPresent()) {
                SslContext context = context(own.get());
                builder.nettyClientSslBuilder((_, _) -> context);
            }
        }
        return builder.build();
    }

    private HttpClientConfiguration configuration() {
        HttpClientConfiguration configuration = new DefaultHttpClientConfiguration();
        configuration.setFollowRedirects(false);
        configuration.setExceptionOnErrorStatus(false);
        configuration.setConnectTimeout(options.timeout());
        configuration.setReadTimeout(options.timeout());
        configuration.setRequestTimeout(options.timeout());
        configuration.setNumOfThreads(Math.min(4, Runtime.getRuntime().availableProcessors()));
        configuration.getConnectionPoolConfiguration().setMaxConcurrentHttp1Connections(options.concurrency());
        configuration.getConnectionPoolConfiguration().setMaxPendingAcquires(options.concurrency());
        proxy().ifPresent(proxy -> {
            configuration.setProxyType(Proxy.Type.HTTP);
            configuration.setProxyAddress(lookedUp(proxy));
        });
        return configuration;
    }

    private static SslContext context(Tls tls) throws ConfigException {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .endpointIdentificationAlgorithm("HTTPS")
                    .trustManager(tls.trust())
                    .keyManager(tls.keys())
                    .build();
        } catch (SSLException e) {
            throw new ConfigException("TLS_CA_FILE", "", "cannot be used: " + e.getMessage(), "");
        }
    }

    /** Who is connected to: the proxy or the target. Looks the name up at each call. */
    InetSocketAddress peer() {
        return proxy().map(SinkClient::lookedUp)
                .orElseGet(() -> new InetSocketAddress(options.target().getHost(), options.port()));
    }

    private Optional<InetSocketAddress> proxy() {
        return new Proxies(endpoint.variables())
                .of(options.secure(), options.target().getHost());
    }

    private static InetSocketAddress lookedUp(InetSocketAddress address) {
        return new InetSocketAddress(address.getHostString(), address.getPort());
    }

    @Override
    public synchronized void close() {
        RawHttpClient open = client;
        if (open != null && !closed) {
            closed = true;
            try {
                open.close();
            } catch (IOException e) {
                throw new UncheckedIOException("closing the HTTP client", e);
            }
        }
    }
}
