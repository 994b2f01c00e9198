package io.wasmpipes.adapter.http;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Facts;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Proxies;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.Tls;
import io.wasmpipes.Units;
import io.wasmpipes.adapter.http.HttpIngress.Address;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * HTTP requests as messages ({@code http://:9000/events}), messages as HTTP requests ({@code https://host/hook}), and pipes
 * as functions: {@code SINK_URI=reply:} answers the requests of an HTTP source with the pipe's output. Sources need an
 * ingress: {@link #on}.
 */
public final class HttpAdapter implements Adapter {
    private static final String REPLY = "reply";
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

    private final @Nullable HttpIngress ingress;

    /** For the service loader: sinks, and checks of all endpoints. */
    public HttpAdapter() {
        this(null);
    }

    private HttpAdapter(@Nullable HttpIngress ingress) {
        this.ingress = ingress;
    }

    /** The same adapter, its sources listening through {@code ingress}. */
    public HttpAdapter on(HttpIngress through) {
        return new HttpAdapter(through);
    }

    @Override
    public Set<String> schemes() {
        return Set.of("http", "https", REPLY);
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        if (endpoint.scheme().equals(REPLY)) {
            replyProblems(endpoint, problems);
        } else if (endpoint.role() == Endpoint.Role.SOURCE) {
            SourceOptions.read(endpoint, problems);
            checkTls(endpoint, problems);
        } else {
            SinkOptions.read(endpoint, problems);
            Credentials.check(endpoint, problems);
            new Proxies(endpoint.variables()).check(endpoint.scheme().equals("https"), endpoint.host(), problems);
            checkTls(endpoint, problems);
        }
        return problems.list();
    }

    private static void replyProblems(Endpoint endpoint, Problems problems) {
        Replies.read(endpoint, problems);
        if (!endpoint.variable().equals("SINK_URI")) {
            problems.add(endpoint.variable(), endpoint.toString(), "reply: can only be SINK_URI", "");
        }
    }

    private static void checkTls(Endpoint endpoint, Problems problems) {
        if (!endpoint.scheme().equals("https")) {
            return;
        }
        try {
            boolean keys = Tls.read(endpoint.variables())
                    .filter(tls -> tls.keys() != null)
                    .isPresent();
            if (!keys && endpoint.role() == Endpoint.Role.SOURCE) {
                problems.add(
                        endpoint.variable(),
                        endpoint.toString(),
                        "an https source needs a certificate",
                        "set SOURCE_TLS_CERT_FILE and SOURCE_TLS_KEY_FILE");
            }
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        if (endpoint.role() != Endpoint.Role.SOURCE) {
            return Set.of(Promise.HEADERS, Promise.REPEATED_HEADERS);
        }
        SourceOptions options = SourceOptions.read(endpoint, new Problems());
        EnumSet<Promise> promises = EnumSet.of(Promise.HEADERS);
        if (options.confirmed()) {
            promises.add(Promise.REPLIES);
            promises.add(Promise.REJECTS);
        }
        if (options.idHeader() != null) {
            promises.add(Promise.STABLE_IDS);
        }
        return promises;
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        if (endpoint.scheme().equals(REPLY)) {
            return Facts.sink("the output is the answer to the request");
        }
        if (endpoint.role() != Endpoint.Role.SOURCE) {
            return Facts.sink("the target has answered 2xx and its body has been read");
        }
        SourceOptions options = SourceOptions.read(endpoint, new Problems());
        if (!options.confirmed()) {
            return Facts.source(
                    "has answered 202 before and does nothing more", "has answered already", Facts.NO_PLACE);
        }
        return Facts.source("answers 200 ok", "answers 503 with Retry-After", "answers 422 with the reason")
                .withLimits("a message that takes longer than " + Units.text(options.timeout())
                        + " is answered 503 and may pass all the same");
    }

    /** Whose port a host forwards to is not in the URI: port and path decide. */
    @Override
    public boolean meet(Endpoint sink, Endpoint source) {
        return sink.scheme().equals(source.scheme())
                && port(sink) == port(source)
                && hosts(sink.host(), source.host())
                && sink.path().replaceFirst("/$", "").equals(source.path().replaceFirst("/$", ""));
    }

    /** A source that names a host is that host's, or the service's that a release has put its own name before. */
    private static boolean hosts(String sink, String source) {
        boolean any = source.isEmpty() || source.equals("0.0.0.0") || source.equals("[::]");
        boolean local = LOCAL.contains(sink) && LOCAL.contains(source);
        String first = sink.replaceFirst("\\..*", "");
        return any || local || sink.equals(source) || first.equals(source) || first.endsWith("-" + source);
    }

    private static int port(Endpoint endpoint) {
        return endpoint.port() >= 0 ? endpoint.port() : endpoint.scheme().equals("https") ? 443 : 80;
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        return source(endpoint, context, null);
    }

    /** A source whose senders are answered with what the pipe made; {@code reply} is the endpoint of {@code reply:}. */
    public Source function(Endpoint endpoint, Endpoint reply, Context context) throws ConfigException {
        Problems problems = new Problems();
        Replies replies = Replies.read(reply, problems);
        problems.throwIfAny();
        return source(endpoint, context, replies);
    }

    private Source source(Endpoint endpoint, Context context, @Nullable Replies replies) throws ConfigException {
        if (ingress == null) {
            throw new IllegalStateException("an HTTP source needs an ingress");
        }
        Problems problems = new Problems();
        SourceOptions options = SourceOptions.read(endpoint, problems);
        if (replies != null && !options.confirmed()) {
            problems.add(endpoint.variable(), endpoint.toString(), "reply=unconfirmed cannot answer for reply:", "");
        }
        checkTls(endpoint, problems);
        problems.throwIfAny();
        boolean secure = endpoint.scheme().equals("https");
        int port = endpoint.port() >= 0 ? endpoint.port() : secure ? 443 : 80;
        Address address = new Address(
                endpoint.host(), port, secure ? Tls.read(endpoint.variables()).orElse(null) : null);
        Guard guard = new Guard(endpoint, options.signature(), context.clock());
        return new HttpSource(ingress, address, new HttpSource.Setup(options, guard), context, replies);
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        Problems problems = new Problems();
        problems.addAll(problems(endpoint));
        problems.throwIfAny();
        if (endpoint.scheme().equals(REPLY)) {
            throw new IllegalStateException("reply: is no sink of its own, see function");
        }
        return new HttpSink(endpoint, SinkOptions.read(endpoint, problems));
    }
}
