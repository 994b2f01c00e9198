package io.wasmpipes.module;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Problems;
import io.wasmpipes.Proxies;
import io.wasmpipes.Variables;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;

/** {@link Proxies} for the JDK's client. Any thread. */
final class EnvProxies extends ProxySelector {
    private final Proxies proxies;

    /** @throws ConfigException if a proxy is no URL */
    EnvProxies(Variables variables) throws ConfigException {
        this.proxies = new Proxies(variables);
        Problems problems = new Problems();
        proxies.check(problems);
        problems.throwIfAny();
    }

    @Override
    public List<Proxy> select(URI uri) {
        return List.of(proxies.of("https".equals(uri.getScheme()), String.valueOf(uri.getHost()))
                .map(address -> new Proxy(Proxy.Type.HTTP, address))
                .orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // whoever asked is told by the failed request
    }
}
