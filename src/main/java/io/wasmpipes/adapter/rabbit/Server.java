package io.wasmpipes.adapter.rabbit;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.Tls;
import io.wasmpipes.Variables;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server of one endpoint. Its URL, with the login in it, is read again at every connect. */
final class Server {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final String VARIABLE = "RABBIT_SERVER_URL";
    private static final String DEFAULT = "amqp://127.0.0.1:5672";
    private static final String GUEST = "guest";
    private static final int PLAIN_PORT = 5672;
    private static final int TLS_PORT = 5671;
    private static final Duration STEP = Duration.ofSeconds(4);
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final Variables variables;
    private final String shown;

    private Server(Variables variables, String shown) {
        this.variables = variables;
        this.shown = shown;
    }

    /** The one that the variables name; what is wrong goes to the problems. */
    static Server of(Variables variables, Problems problems) {
        Optional<Url> url = Url.parse(variables, problems);
        if (url.isPresent() && url.get().tls()) {
            try {
                Tls.context(variables);
            } catch (ConfigException e) {
                problems.addAll(e.problems());
            }
        }
        return new Server(variables, url.map(Url::toString).orElse(VARIABLE));
    }

    /** For people: no login in it. */
    @Override
    public String toString() {
        return shown;
    }

    /** What the client needs to connect now. The client repairs nothing by itself. */
    ConnectionFactory factory() throws ConfigException {
        Problems problems = new Problems();
        Optional<Url> found = Url.parse(variables, problems);
        problems.throwIfAny();
        Url url = found.orElseThrow();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(url.host());
        factory.setPort(url.port());
        factory.setUsername(url.user());
        factory.setPassword(url.password());
        factory.setVirtualHost(url.vhost());
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setConnectionTimeout((int) STEP.toMillis());
        factory.setHandshakeTimeout((int) STEP.toMillis());
        factory.setChannelRpcTimeout((int) STEP.toMillis());
        factory.setRequestedHeartbeat((int) HEARTBEAT.toSeconds());
        factory.setMaxInboundMessageBodySize(Integer.MAX_VALUE); // MAX_MESSAGE_BYTES judges, and not by hanging up
        factory.setSharedExecutor(Executors.newVirtualThreadPerTaskExecutor());
        factory.setThreadFactory(Thread.ofPlatform().daemon().name("rabbit-", 0).factory());
        factory.setExceptionHandler(new Quiet());
        if (url.tls()) {
            factory.useSslProtocol(tls());
            factory.enableHostnameVerification();
        }
        return factory;
    }

    private SSLContext tls() throws ConfigException {
        Optional<SSLContext> context = Tls.context(variables);
        try {
            return context.isPresent() ? context.get() : SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has a default TLS context", e);
        }
    }

    /** What ends a connection is told by the session, once. */
    private static final class Quiet extends ForgivingExceptionHandler {
        @Override
        protected void log(String message, Throwable e) {
            LOG.debug("{}", message, e);
        }
    }

    /**
     * The parts of RABBIT_SERVER_URL.
     *
     * @param vhost {@code /} unless the path names one
     */
    private record Url(boolean tls, String host, int port, String user, String password, String vhost) {
        static Optional<Url> parse(Variables variables, Problems problems) {
            String text = variables.get(VARIABLE).orElse(DEFAULT).strip();
            String name = variables.nameOf(VARIABLE);
            Problems malformed = new Problems();
            Optional<Endpoint> parsed = Endpoint.parse(Endpoint.Role.SINK, name, text, Variables.NONE, malformed);
            boolean right = parsed.isPresent()
                    && (parsed.get().scheme().equals("amqp")
                            || parsed.get().scheme().equals("amqps"))
                    && parsed.get().query().isEmpty();
            if (!right) {
                problems.add(
                        name,
                        Endpoint.redact(text),
                        "must be amqp://user:password@host:port/vhost, or amqps://…, without options",
                        "for instance " + DEFAULT);
                return Optional.empty();
            }
            return Optional.of(of(parsed.get()));
        }

        private static Url of(Endpoint url) {
            boolean tls = url.scheme().equals("amqps");
            String login = url.userInfo();
            int colon = login.indexOf(':');
            String host = url.host().replaceAll("[\\[\\]]", "");
            return new Url(
                    tls,
                    host.isEmpty() ? "127.0.0.1" : host,
                    url.port() >= 0 ? url.port() : tls ? TLS_PORT : PLAIN_PORT,
                    login.isEmpty() ? GUEST : colon < 0 ? login : login.substring(0, colon),
                    colon < 0 ? GUEST : login.substring(colon + 1),
                    url.path().length() > 1 ? url.path().substring(1) : "/");
        }

        @Override
        public String toString() {
            return (tls ? "amqps://" : "amqp://") + host + ":" + port + (vhost.equals("/") ? "" : "/" + vhost);
        }
    }
}
