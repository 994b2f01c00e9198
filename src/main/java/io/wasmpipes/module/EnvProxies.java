package io.wasmpipes.module;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Variables;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The proxies that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, in capitals or not. Any thread. */
final class EnvProxies extends ProxySelector {
    private static final int PORT = 80;

    private final Variables variables;

    /** @throws ConfigException if a proxy is no URL */
    EnvProxies(Variables variables) throws ConfigException {
        this.variables = variables;
        for (String name : List.of("HTTPS_PROXY", "HTTP_PROXY")) {
            String proxy = value(name).strip();
            if (!proxy.isEmpty() && !isProxy(proxy)) {
                throw new ConfigException(name, Endpoint.redact(proxy), "must be http://HOST:PORT", "");
            }
        }
    }

    private static boolean isProxy(String text) {
        try {
            return uri(text).getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static URI uri(String text) {
        return URI.create(text.contains("://") ? text : "http://" + text);
    }

    private String value(String name) {
        return variables
                .get(name)
                .or(() -> variables.get(name.toLowerCase(Locale.ROOT)))
                .orElse("");
    }

    @Override
    public List<Proxy> select(URI uri) {
        String proxy = value("https".equals(uri.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY")
                .strip();
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        boolean direct = Stream.of(value("NO_PROXY").split(","))
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .anyMatch(entry -> excludes(entry, host));
        return List.of(proxy.isEmpty() || direct ? Proxy.NO_PROXY : proxy(proxy));
    }

    private static boolean excludes(String entry, String host) {
        String suffix = entry.startsWith(".") ? entry : "." + entry;
        return entry.equals("*") || host.equals(entry) || (!entry.isEmpty() && host.endsWith(suffix));
    }

    private static Proxy proxy(String text) {
        URI uri = uri(text);
        int port = uri.getPort() < 0 ? PORT : uri.getPort();
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // whoever asked is told by the failed request
    }
}
