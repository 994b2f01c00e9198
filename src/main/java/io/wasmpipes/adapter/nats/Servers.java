package io.wasmpipes.adapter.nats;

import io.nats.client.Nats;
import io.nats.client.Options;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.Tls;
import io.wasmpipes.Variables;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * The NATS servers of one endpoint and how to log in. Credentials are read again at every connect.
 *
 * @param urls without user and password, safe to show
 * @param userInfo {@code user:password} or a token from a URL, empty if there was none
 */
record Servers(List<String> urls, String userInfo, Variables variables) {
    private static final String SERVER_URL = "NATS_SERVER_URL";
    private static final String CREDENTIALS = "NATS_CREDENTIALS";
    private static final String USER = "NATS_USER";
    private static final String PASSWORD = "NATS_PASSWORD";
    private static final String TOKEN = "NATS_TOKEN";
    private static final String NKEY = "NATS_NKEY";
    private static final String DEFAULT = "nats://127.0.0.1:4222";
    private static final Pattern URL = Pattern.compile(
            "(?:(nats|tls|opentls|ws|wss)://)?(?:([^@/]*)@)?([^\\s@/:\\[\\]]+|\\[[^]]+])(?::(\\d{1,5}))?/?");
    private static final Duration CONNECT_BUDGET = Duration.ofSeconds(3);
    private static final int MAX_QUEUED = 5000;

    Servers {
        urls = List.copyOf(urls);
    }

    /** From the endpoint's variables; {@code override} is a URL that the endpoint itself names, empty for none. */
    static Servers parse(Endpoint endpoint, String override, Problems problems) {
        Variables variables = endpoint.variables();
        String text = override.isEmpty() ? variables.get(SERVER_URL).orElse(DEFAULT) : override;
        String subject = override.isEmpty() ? variables.nameOf(SERVER_URL) : endpoint.variable();
        List<String> urls = new ArrayList<>();
        String userInfo = "";
        for (String part : text.split(",", -1)) {
            Matcher url = URL.matcher(part.strip());
            if (!url.matches()) {
                problems.add(
                        subject,
                        Endpoint.redact(part.strip()),
                        "must be NATS servers, parted by commas",
                        "for instance nats://127.0.0.1:4222");
                continue;
            }
            userInfo = url.group(2) == null ? userInfo : url.group(2);
            String scheme = url.group(1) == null ? "nats" : url.group(1);
            urls.add(scheme + "://" + url.group(3) + ":" + (url.group(4) == null ? "4222" : url.group(4)));
        }
        checkLogin(variables, problems);
        return new Servers(urls, userInfo, variables);
    }

    private static void checkLogin(Variables variables, Problems problems) {
        Optional<String> file = variables.get(CREDENTIALS);
        if (file.isPresent() && !Files.isReadable(Path.of(file.get()))) {
            problems.add(variables.nameOf(CREDENTIALS), file.get(), "must name a readable .creds file", "");
        }
        if (variables.get(PASSWORD).isPresent() && variables.get(USER).isEmpty()) {
            problems.add(variables.nameOf(PASSWORD), "", "needs " + USER + " beside it", "");
        }
        try {
            Tls.context(variables);
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
    }

    /** For people: no secrets in it. */
    @Override
    public String toString() {
        return String.join(",", urls);
    }

    /**
     * What jnats needs to connect.
     *
     * @param reconnecting whether the client repairs the connection by itself
     */
    Options.Builder options(String name, boolean reconnecting) throws ConfigException {
        Options.Builder builder = new Options.Builder()
                .servers(urls.toArray(String[]::new))
                .connectionName(name)
                .connectionTimeout(CONNECT_BUDGET.dividedBy(urls.size()))
                .ignoreDiscoveredServers()
                .pingInterval(Duration.ZERO) // a Session pings by itself
                .maxPingsOut(-1) // with a limit jnats answers a flush that has not been answered
                .maxMessagesInOutgoingQueue(MAX_QUEUED)
                .writeQueuePushTimeout(Duration.ofSeconds(5))
                .reconnectBufferSize(0);
        if (reconnecting) {
            builder.maxReconnects(-1).reconnectWait(Duration.ofMillis(250));
        } else {
            builder.noReconnect();
        }
        secure(builder);
        login(builder);
        return builder;
    }

    private void secure(Options.Builder builder) throws ConfigException {
        Optional<SSLContext> context = Tls.context(variables);
        boolean wanted = urls.stream().anyMatch(url -> url.startsWith("tls:") || url.startsWith("wss:"));
        if (context.isPresent()) {
            builder.sslContext(context.get());
        } else if (wanted) {
            try {
                builder.sslContext(SSLContext.getDefault());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has a default TLS context", e);
            }
        }
    }

    private void login(Options.Builder builder) {
        Optional<String> user = variables.get(USER);
        Optional<String> token = variables.get(TOKEN);
        Optional<String> nkey = variables.get(NKEY);
        Optional<String> credentials = variables.get(CREDENTIALS);
        if (credentials.isPresent()) {
            builder.authHandler(Nats.credentials(credentials.get()));
        } else if (nkey.isPresent()) {
            builder.authHandler(Nats.staticCredentials(null, nkey.get().strip().toCharArray()));
        } else if (user.isPresent()) {
            builder.userInfo(user.get(), variables.get(PASSWORD).orElse(""));
        } else if (token.isPresent()) {
            builder.tokenSupplier(() -> variables.get(TOKEN).orElse("").toCharArray());
        } else if (userInfo.contains(":")) {
            int colon = userInfo.indexOf(':');
            builder.userInfo(decode(userInfo.substring(0, colon)), decode(userInfo.substring(colon + 1)));
        } else if (!userInfo.isEmpty()) {
            String fromUrl = decode(userInfo);
            builder.tokenSupplier(fromUrl::toCharArray);
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
