package io.wasmpipes.adapter.kafka;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.Tls;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The brokers of one endpoint and how to get in. Credentials and certificates are read anew for each client that is made.
 *
 * @param servers host:port each
 */
record Cluster(List<String> servers, ClientOptions options) {
    private static final Pattern SERVER = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s:/@,\\[\\]]+)(?::(\\d{1,5}))?");
    private static final int PROBE_MILLIS = 1500;
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    Cluster {
        servers = List.copyOf(servers);
    }

    /** Reads KAFKA_BROKERS, KAFKA_OPT_* and TLS_*; what is wrong goes to the problems. */
    static Cluster parse(Endpoint endpoint, Problems problems) {
        Variables variables = endpoint.variables();
        String text = variables.get("KAFKA_BROKERS").orElse("127.0.0.1:9092");
        List<String> servers = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher server = SERVER.matcher(part.strip());
            if (!server.matches()) {
                problems.add(variables.nameOf("KAFKA_BROKERS"), "", "must be host:port, several parted by commas", "");
                break;
            }
            servers.add(server.group(1) + ":" + (server.group(2) == null ? "9092" : server.group(2)));
        }
        Cluster cluster = new Cluster(servers, new ClientOptions(variables));
        cluster.options.check(problems);
        cluster.checkSecurity(problems);
        return cluster;
    }

    private void checkSecurity(Problems problems) {
        Map<String, String> given = options.given();
        if (!given.containsKey("security.protocol")
                && (given.containsKey("sasl.jaas.config") || given.containsKey("sasl.mechanism"))) {
            problems.add(
                    options.variables().nameOf("KAFKA_OPT_SASL_JAAS_CONFIG"),
                    "",
                    "has no effect without KAFKA_OPT_SECURITY_PROTOCOL",
                    "SASL_SSL, or SASL_PLAINTEXT without encryption");
        }
        try {
            Tls.read(options.variables());
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
    }

    /** Options for one client: {@code ours}, and over them what the user has set and the client knows. */
    Map<String, Object> client(String name, ConfigDef client, Map<String, Object> ours) throws TransientException {
        Map<String, Object> all = new HashMap<>(ours);
        all.put("bootstrap.servers", servers);
        all.put("client.id", name + "-" + CLIENTS.incrementAndGet());
        all.put("enable.metrics.push", false);
        all.put("metric.reporters", List.of());
        all.putAll(tls());
        all.putAll(options.given(client));
        all.keySet().retainAll(client.names());
        return all;
    }

    private Map<String, Object> tls() throws TransientException {
        Variables variables = options.variables();
        Map<String, Object> pem = new HashMap<>();
        try {
            Tls tls = Tls.read(variables).orElse(null);
            if (tls == null) {
                return pem;
            }
            pem.put("security.protocol", "SSL");
            if (tls.trust() != null) {
                pem.put("ssl.truststore.type", "PEM");
                pem.put("ssl.truststore.certificates", read(variables, "TLS_CA_FILE"));
            }
            if (tls.keys() != null) {
                pem.put("ssl.keystore.type", "PEM");
                pem.put("ssl.keystore.certificate.chain", read(variables, "TLS_CERT_FILE"));
                pem.put("ssl.keystore.key", privateKey(tls.keys().getKeyManagers()));
            }
            return pem;
        } catch (ConfigException | IOException e) { // a file that has become unreadable: it may be on its way
            throw TransientException.outage("no TLS for Kafka at " + this + ": " + e.getMessage());
        }
    }

    private static String read(Variables variables, String name) throws IOException {
        return Files.readString(Path.of(variables.get(name).orElseThrow()));
    }

    /** The key in the one form that Kafka reads, whatever form the file has. */
    private static String privateKey(KeyManager[] managers) {
        X509KeyManager manager = (X509KeyManager) managers[0];
        for (String kind : List.of("RSA", "EC", "EdDSA", "DSA")) {
            String[] names = manager.getClientAliases(kind, null);
            if (names != null) {
                byte[] encoded = manager.getPrivateKey(names[0]).getEncoded();
                return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(encoded)
                        + "\n-----END PRIVATE KEY-----\n";
            }
        }
        throw new IllegalStateException("a key store of one key has one");
    }

    /** Whether a server takes connections at all, since Kafka's clients never say why they do not get one. */
    void reach() throws TransientException {
        String why = "";
        for (String server : servers) {
            int colon = server.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                InetSocketAddress address = new InetSocketAddress(
                        server.substring(0, colon).replaceAll("[\\[\\]]", ""),
                        Integer.parseInt(server.substring(colon + 1)));
                if (address.isUnresolved()) {
                    throw new UnknownHostException();
                }
                socket.connect(address, PROBE_MILLIS / servers.size());
                return;
            } catch (UnknownHostException e) {
                why = "unknown host";
            } catch (IOException e) {
                why = String.valueOf(e.getMessage());
            }
        }
        throw TransientException.outage("Kafka at " + this + " does not answer: " + why);
    }

    /** What a failure of a client means to people. No secret is in it. */
    TransientException outage(Throwable failure) {
        String said = options.mask(String.valueOf(failure.getMessage()));
        String text = switch (failure) {
            case SslAuthenticationException _ -> "no TLS with Kafka at " + this + ": " + said;
            case AuthenticationException _ -> "Kafka at " + this + " refuses the credentials: " + said;
            case AuthorizationException _ -> "Kafka at " + this + " does not permit it: " + said;
            case UnknownTopicOrPartitionException _ -> "a topic is missing at Kafka at " + this + ": " + said;
            case TimeoutException _ -> "Kafka at " + this + " does not answer: " + said;
            default -> "Kafka at " + this + ": " + failure.getClass().getSimpleName() + ": " + said + because(failure);
        };
        return TransientException.outage(text);
    }

    private String because(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? "" : "; " + options.mask(String.valueOf(cause.getMessage()));
    }

    @Override
    public String toString() {
        return String.join(",", servers);
    }
}
