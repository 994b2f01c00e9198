package io.wasmpipes.wasm.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;

/**
 * Makes requests to the hosts of a list. A name is resolved once per connection, by the resolver that is given, and the
 * addresses that were checked are the ones that are dialled; redirects are followed here, each checked anew. Nothing is
 * repeated, no cookie is kept, no proxy is used.
 */
public final class OutboundHttp implements HttpCalls, AutoCloseable {
    private static final Duration TOTAL = Duration.ofSeconds(10);
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final int MAX_CONNECTIONS = 64;
    private static final int REDIRECTS_MAX = 5;

    /** Finds the addresses of a name. */
    public interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** None of a name's addresses may be dialled. */
    private static final class Denied extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        Denied(String message) {
            super(message);
        }
    }

    private final AllowList allowed;
    private final Secrets secrets;
    private final Resolver resolver;
    private final CloseableHttpClient client;

    /**
     * Opens no connection yet.
     *
     * @param hosts {@code api.example.com}, {@code *.example.com:8443}
     * @param secretLines {@code HOST NAME: VALUE}: headers added to requests for a host
     */
    public OutboundHttp(List<String> hosts, List<String> secretLines, Resolver resolver) {
        this.allowed = new AllowList(hosts);
        this.secrets = new Secrets(secretLines);
        this.resolver = resolver;
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new Checked())
                        .setMaxConnTotal(MAX_CONNECTIONS)
                        .setMaxConnPerRoute(MAX_CONNECTIONS)
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(CONNECT.toMillis(), TimeUnit.MILLISECONDS)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setRedirectsEnabled(false)
                        .setResponseTimeout(TOTAL.toMillis(), TimeUnit.MILLISECONDS)
                        .setConnectionRequestTimeout(TOTAL.toMillis(), TimeUnit.MILLISECONDS)
                        .build())
                .setUserAgent("wasm-pipes")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    /** Resolves for the client, and hands it nothing but what may be dialled. */
    private final class Checked implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            String name = AllowList.normal(host);
            List<InetAddress> good = new ArrayList<>();
            for (InetAddress address : resolver.resolve(name)) {
                if (allowed.permits(name, address)) {
                    good.add(address);
                }
            }
            if (good.isEmpty()) {
                throw new Denied(name + " has no address that modules may call");
            }
            return good.toArray(InetAddress[]::new);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    @Override
    public Answer call(Call call) throws InterruptedException {
        String problem = Rules.problem(call);
        if (!problem.isEmpty()) {
            return new Failure(Reason.MALFORMED, problem);
        }
        long end = System.nanoTime() + TOTAL.toNanos();
        Call next = call;
        for (int hops = 0; hops <= REDIRECTS_MAX; hops++) {
            Answer answer = once(next, end);
            Call redirected = answer instanceof Reply reply ? Redirects.next(next, reply) : null;
            if (redirected == null) {
                return answer;
            }
            next = redirected;
        }
        return new Failure(Reason.NOT_ALLOWED, "more than " + REDIRECTS_MAX + " redirects");
    }

    private Answer once(Call call, long end) throws InterruptedException {
        String problem = Rules.problem(call.uri());
        if (!problem.isEmpty()) {
            return new Failure(Reason.NOT_ALLOWED, problem);
        }
        String host = AllowList.normal(call.uri().getHost());
        if (!allowed.permits(host, Redirects.port(call.uri()))) {
            return new Failure(
                    Reason.NOT_ALLOWED,
                    host + ":" + Redirects.port(call.uri()) + " is not among the hosts of WASM_ALLOW_HTTP");
        }
        HttpUriRequestBase request = new HttpUriRequestBase(call.method(), call.uri());
        secrets.added(call.headers(), host).forEach(header -> request.addHeader(header.name(), header.text()));
        if (!call.body().isEmpty()) {
            request.setEntity(new ByteArrayEntity(call.body().toArray(), null));
        }
        AtomicBoolean late = new AtomicBoolean();
        Thread timer = Thread.ofVirtual().start(() -> cancelAt(end, request, late));
        try {
            return client.execute(request, OutboundHttp::read);
        } catch (IOException | IllegalStateException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("stopped while a module waited for " + host);
            }
            return failure(host, e, late.get());
        } finally {
            timer.interrupt();
        }
    }

    private static void cancelAt(long end, HttpUriRequestBase request, AtomicBoolean late) {
        try {
            Thread.sleep(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            late.set(true);
            request.cancel();
        } catch (InterruptedException e) {
            // it is over
        }
    }

    private static Failure failure(String host, Exception e, boolean late) {
        if (late) {
            return new Failure(Reason.TIMED_OUT, host + " has not answered within " + TOTAL.toSeconds() + " s");
        }
        return switch (e) {
            case Denied denied -> new Failure(Reason.NOT_ALLOWED, String.valueOf(denied.getMessage()));
            case java.io.InterruptedIOException _ -> new Failure(Reason.TIMED_OUT, host + " does not answer in time");
            default ->
                new Failure(
                        Reason.UNREACHABLE,
                        host + " cannot be reached: " + e.getClass().getSimpleName());
        };
    }

    private static Answer read(ClassicHttpResponse response) throws IOException {
        List<Header> headers = new ArrayList<>();
        for (org.apache.hc.core5.http.Header header : response.getHeaders()) {
            headers.add(Header.of(header.getName().toLowerCase(Locale.ROOT), String.valueOf(header.getValue())));
        }
        Bytes body = Bytes.EMPTY;
        HttpEntity entity = response.getEntity();
        if (entity != null) {
            InputStream in = entity.getContent();
            byte[] bytes = in.readNBytes(Rules.BODY_MAX + 1);
            if (bytes.length > Rules.BODY_MAX) {
                response.close();
                return new Failure(Reason.TOO_LARGE, "the answer has more than " + Rules.BODY_MAX + " bytes");
            }
            body = Bytes.wrap(bytes);
        }
        return new Reply(response.getCode(), headers, body);
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }
}
