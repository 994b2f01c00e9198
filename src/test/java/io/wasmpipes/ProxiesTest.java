package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
    private record Given(Map<String, String> plain) implements Variables {
        @Override
        public Optional<String> get(String name) {
            return Optional.ofNullable(plain.get(name));
        }

        @Override
        public String nameOf(String name) {
            return "SINK_" + name;
        }
    }

    private static Proxies proxies(Map<String, String> plain) {
        return new Proxies(new Given(plain));
    }

    private static Optional<InetSocketAddress> at(String host, int port) {
        return Optional.of(InetSocketAddress.createUnresolved(host, port));
    }

    @Test
    void each_scheme_has_its_proxy_in_capitals_or_not() {
        Proxies proxies = proxies(Map.of("HTTPS_PROXY", "http://a:3128/", "http_proxy", " b "));
        assertThat(proxies.of(true, "host")).isEqualTo(at("a", 3128));
        assertThat(proxies.of(false, "host")).isEqualTo(at("b", 80));
        assertThat(proxies(Map.of()).of(true, "host")).isEmpty();
    }

    @Test
    void some_hosts_are_reached_without() {
        Proxies proxies = proxies(Map.of("HTTP_PROXY", "p", "NO_PROXY", "localhost, .corp,Example.com,"));
        for (String direct : new String[] {"localhost", "a.corp", "LOCALHOST", "example.com", "www.example.com"}) {
            assertThat(proxies.of(false, direct)).as(direct).isEmpty();
        }
        for (String other : new String[] {"corporate", "notexample.com", "host"}) {
            assertThat(proxies.of(false, other)).as(other).isEqualTo(at("p", 80));
        }
        assertThat(proxies(Map.of("HTTP_PROXY", "p", "NO_PROXY", "*")).of(false, "host"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://bad host", "socks5://p:1", "http://", "http://me:s3cr3t@p:1", "http://p:x"})
    void what_is_no_proxy_is_told_where_it_would_be_used(String text) {
        Proxies proxies = proxies(Map.of("HTTPS_PROXY", text, "NO_PROXY", "direct"));
        Problems problems = new Problems();
        proxies.check(false, "host", problems);
        proxies.check(true, "direct", problems);
        assertThat(problems.list()).isEmpty();
        proxies.check(true, "host", problems);
        assertThat(problems.list()).singleElement().satisfies(problem -> {
            assertThat(problem.subject()).isEqualTo("SINK_HTTPS_PROXY");
            assertThat(problem.value()).doesNotContain("s3cr3t");
            assertThat(problem.rule()).isEqualTo("must be http://HOST:PORT");
        });
        assertThat(proxies.of(true, "host")).isEmpty();
    }
}
