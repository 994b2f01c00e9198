package io.wasmpipes.adapter.tcp;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Facts;
import io.wasmpipes.Framing;
import io.wasmpipes.Options;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.Tls;
import io.wasmpipes.Variables;
import java.util.List;
import java.util.Set;

/**
 * {@code tcp://:9001} listens as a source, {@code tcp://host:9001} connects as a sink; {@code tcps:} is the same with TLS.
 * Bodies only, each with its length before it or as a line. At most once by nature.
 */
public final class TcpAdapter implements Adapter {
    /**
     * What an endpoint says.
     *
     * @param host empty for every interface
     * @param maxConnections of a source
     */
    record Settings(String host, int port, boolean tls, Framing framing, int maxConnections, Variables variables) {
        private static final int CONNECTIONS = 100;
        private static final int MOST = 10_000;

        static Settings parse(Endpoint endpoint, Problems problems) {
            Options options = new Options(endpoint, problems);
            boolean source = endpoint.role() == Endpoint.Role.SOURCE;
            boolean tls = endpoint.scheme().equals("tcps");
            boolean named = !source && endpoint.host().isEmpty();
            boolean extra = !endpoint.userInfo().isEmpty() || endpoint.path().length() > 1;
            if (endpoint.port() < (source ? 0 : 1) || named || extra) {
                problems.add(
                        endpoint.variable(),
                        endpoint.toString(),
                        source ? "must name a port to listen on" : "must name host and port to connect to",
                        "for instance " + endpoint.scheme() + (source ? "://:9001" : "://localhost:9001"));
            }
            Framing framing = options.choice("framing", Framing.LENGTH);
            int most = source ? options.integer("max_connections", CONNECTIONS, 1, MOST) : 1;
            options.rejectUnknown();
            if (tls) {
                checkTls(endpoint.variables(), source, problems);
            }
            String host = endpoint.host().replaceAll("[\\[\\]]", "");
            return new Settings(host, endpoint.port(), tls, framing, most, endpoint.variables());
        }

        private static void checkTls(Variables variables, boolean source, Problems problems) {
            try {
                Tls.read(variables);
            } catch (ConfigException e) {
                problems.addAll(e.problems());
            }
            if (source && variables.get("TLS_CERT_FILE").isEmpty()) {
                problems.add(
                        variables.nameOf("TLS_CERT_FILE"),
                        "",
                        "tcps needs a certificate",
                        "and TLS_KEY_FILE beside it");
            }
        }

        @Override
        public String toString() {
            return (tls ? "tcps://" : "tcp://") + host + ":" + port;
        }
    }

    @Override
    public Set<String> schemes() {
        return Set.of("tcp", "tcps");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        Settings.parse(endpoint, problems);
        return problems.list();
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        return endpoint.role() == Endpoint.Role.SOURCE
                ? Set.of(Promise.ORDERED_BY_KEY)
                : Set.of(Promise.SENDS_IN_ORDER);
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        return endpoint.role() == Endpoint.Role.SOURCE
                ? Facts.source("has nothing to acknowledge", "cannot take it back", Facts.NO_PLACE)
                : Facts.sink("it is written to the connection: at most once");
    }

    /** One listens, the other connects. */
    @Override
    public boolean meet(Endpoint sink, Endpoint source) {
        return sink.port() == source.port()
                && sink.host().isEmpty() != source.host().isEmpty();
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        return new TcpSource(settings(endpoint), context.limits());
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        return new TcpSink(settings(endpoint));
    }

    private static Settings settings(Endpoint endpoint) throws ConfigException {
        Problems problems = new Problems();
        Settings settings = Settings.parse(endpoint, problems);
        problems.throwIfAny();
        return settings;
    }
}
