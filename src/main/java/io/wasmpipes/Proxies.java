package io.wasmpipes;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The HTTP proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, in capitals or not. Read at every call. Thread-safe. */
public final class Proxies {
    private static final int PORT = 80;
    private static final String SECURE = "HTTPS_PROXY";
    private static final String PLAIN = "HTTP_PROXY";

    private final Variables variables;

    public Proxies(Variables variables) {
        this.variables = variables;
    }

    /** Where {@code host} is reached by {@code https:}, or by {@code http:}; empty if directly. Not resolved. */
    public Optional<InetSocketAddress> of(boolean secure, String host) {
        return named(secure ? SECURE : PLAIN)
                .filter(text -> isProxy(text) && !excluded(host))
                .map(Proxies::uri)
                .map(uri ->
                        InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort() < 0 ? PORT : uri.getPort()));
    }

    /** Adds what is wrong with either proxy. */
    public void check(Problems problems) {
        check(SECURE, problems);
        check(PLAIN, problems);
    }

    /** Adds what is wrong with the proxy by which {@code host} is reached, if it is by one. */
    public void check(boolean secure, String host, Problems problems) {
        if (!excluded(host)) {
            check(secure ? SECURE : PLAIN, problems);
        }
    }

    private void check(String name, Problems problems) {
        named(name)
                .filter(text -> !isProxy(text))
                .ifPresent(text -> problems.add(
                        variables.nameOf(name),
                        Endpoint.redact(text),
                        "must be http://HOST:PORT",
                        "proxies that want a login are not supported"));
    }

    private Optional<String> named(String name) {
        return variables
                .get(name)
                .or(() -> variables.get(name.toLowerCase(Locale.ROOT)))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private static boolean isProxy(String text) {
        try {
            URI uri = uri(text);
            return uri.getHost() != null && uri.getUserInfo() == null && "http".equalsIgnoreCase(uri.getScheme());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static URI uri(String text) {
        return URI.create(text.contains("://") ? text : "http://" + text);
    }

    private boolean excluded(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return named("NO_PROXY").stream()
                .flatMap(list -> Stream.of(list.split(",")))
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .anyMatch(entry -> excludes(entry, lower));
    }

    private static boolean excludes(String entry, String host) {
        String suffix = entry.startsWith(".") ? entry : "." + entry;
        return entry.equals("*") || host.equals(entry) || (!entry.isEmpty() && host.endsWith(suffix));
    }
}
