package io.wasmpipes.wasm.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.support.Ports;
import io.wasmpipes.wasm.http.HttpCalls.Answer;
import io.wasmpipes.wasm.http.HttpCalls.Call;
import io.wasmpipes.wasm.http.HttpCalls.Failure;
import io.wasmpipes.wasm.http.HttpCalls.Reason;
import io.wasmpipes.wasm.http.HttpCalls.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of guests over a real server; names resolve as a test says. */
@Timeout(180)
class OutboundHttpTest {
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private int port;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
        port = server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getOrDefault("Authorization", List.of()) + " " + body);
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        try (exchange) {
            if (path.equals("/to")) {
                exchange.getResponseHeaders().add("Location", query);
                exchange.sendResponseHeaders(302, -1);
            } else if (path.equals("/large")) {
                exchange.sendResponseHeaders(200, 0);
                for (int i = 0; i < 40; i++) {
                    exchange.getResponseBody().write(new byte[64 << 10]);
                }
            } else {
                exchange.getResponseHeaders().add("X-Answer", "yes");
                exchange.sendResponseHeaders(path.equals("/missing") ? 404 : 200, 0);
                exchange.getResponseBody().write("answer".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }
    }

    /** Every name is this machine, but for addresses themselves. */
    private static InetAddress[] here(String host) throws UnknownHostException {
        return InetAddress.getAllByName(Character.isDigit(host.charAt(0)) || host.contains(":") ? host : "127.0.0.1");
    }

    private OutboundHttp http(OutboundHttp.Resolver resolver, String... hosts) {
        return new OutboundHttp(List.of(hosts), List.of("api.test Authorization: Bearer s3cr3t"), resolver);
    }

    private Answer get(OutboundHttp http, String url, Header... headers) throws Exception {
        return http.call(new Call("GET", URI.create(url), List.of(headers), Bytes.EMPTY));
    }

    private static Reason reason(Answer answer) {
        assertThat(answer).isInstanceOf(Failure.class);
        return ((Failure) answer).reason();
    }

    @Test
    void a_host_of_the_list_answers_whatever_the_status() throws Exception {
        try (OutboundHttp http = http(OutboundHttpTest::here, "api.test:" + port)) {
            Answer answer = http.call(new Call(
                    "POST",
                    URI.create("http://API.test:" + port + "/a?b"),
                    List.of(Header.of("x", "y")),
                    Bytes.utf8("in")));
            assertThat(answer).isInstanceOfSatisfying(Reply.class, reply -> {
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.body()).isEqualTo(Bytes.utf8("answer"));
                assertThat(reply.headers()).contains(Header.of("x-answer", "yes"));
            });
            assertThat(((Reply) get(http, "http://api.test:" + port + "/missing")).status())
                    .isEqualTo(404);
            assertThat(seen.getFirst()).startsWith("POST /a?b ").endsWith(" in");
        }
    }

    @Test
    void other_hosts_ports_and_schemes_are_not_allowed_and_never_dialled() throws Exception {
        try (OutboundHttp http = http(OutboundHttpTest::here, "api.test:" + port, "*.inner.test:" + port, "std.test")) {
            for (String url : List.of(
                    "http://other.test:" + port,
                    "http://api.test.evil:" + port,
                    "http://inner.test:" + port,
                    "http://api.test:" + (port + 1),
                    "http://api.test",
                    "http://std.test:" + port,
                    "http://127.0.0.1:" + port,
                    "http://[::1]:" + port)) {
                assertThat(reason(get(http, url))).as(url).isEqualTo(Reason.NOT_ALLOWED);
            }
            assertThat(reason(get(http, "file:///etc/passwd"))).isEqualTo(Reason.MALFORMED);
            assertThat(reason(get(http, "http://me:pw@api.test:" + port))).isEqualTo(Reason.MALFORMED);
            assertThat(seen).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "::ffff:10.0.0.1",
                "64:ff9b::a00:1",
                "2002:a00:1::",
                "2001:0:1::",
                "ff02::1"
            })
    void a_wildcard_does_not_reach_addresses_that_are_not_public(String address) throws Exception {
        try (OutboundHttp http = http(host -> InetAddress.getAllByName(address), "*.test:" + port)) {
            Answer answer = get(http, "http://a.test:" + port);
            assertThat(reason(answer)).isEqualTo(Reason.NOT_ALLOWED);
            assertThat(((Failure) answer).why()).contains("a.test has no address");
        }
    }

    @Test
    void a_private_address_is_reached_by_a_name_or_an_address_in_the_list() throws Exception {
        try (OutboundHttp name = http(OutboundHttpTest::here, "a.test:" + port);
                OutboundHttp address = http(OutboundHttpTest::here, "*.test:" + port, "127.0.0.1")) {
            assertThat(get(name, "http://a.test:" + port)).isInstanceOf(Reply.class);
            assertThat(get(address, "http://a.test:" + port)).isInstanceOf(Reply.class);
        }
    }

    @Test
    void a_name_that_changes_its_address_is_dialled_where_it_was_checked() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        OutboundHttp.Resolver rebinding =
                host -> InetAddress.getAllByName(asked.getAndIncrement() == 0 ? "127.0.0.2" : "127.0.0.1");
        try (OutboundHttp http = http(rebinding, "*.test:" + port, "127.0.0.2")) {
            assertThat(reason(get(http, "http://a.test:" + port))).isEqualTo(Reason.UNREACHABLE);
            assertThat(asked).hasValue(1); // whoever checks and then resolves again lands at 127.0.0.1
            assertThat(reason(get(http, "http://a.test:" + port))).isEqualTo(Reason.NOT_ALLOWED);
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void redirects_are_followed_within_the_list_and_not_out_of_it() throws Exception {
        try (OutboundHttp http = http(OutboundHttpTest::here, "api.test:" + port, "other.test:" + port)) {
            String base = "http://api.test:" + port;
            assertThat(((Reply) get(http, base + "/to?/there")).status()).isEqualTo(200);
            assertThat(reason(get(http, base + "/to?http://127.0.0.1:" + port + "/")))
                    .isEqualTo(Reason.NOT_ALLOWED);
            assertThat(reason(get(http, base + "/to?file:///etc/passwd"))).isEqualTo(Reason.NOT_ALLOWED);
            assertThat(reason(get(http, base + "/to?/to?/to?/to?/to?/to?/to"))).isEqualTo(Reason.NOT_ALLOWED);
            seen.clear();
            assertThat(get(http, base + "/to?http://other.test:" + port + "/end", Header.of("Cookie", "c")))
                    .isInstanceOf(Reply.class);
            assertThat(seen).hasSize(2);
            assertThat(seen.get(0)).contains("[Bearer s3cr3t]");
            assertThat(seen.get(1)).as("the secret of another host").contains("/end []");
        }
    }

    @Test
    void the_host_puts_its_secret_in_place_of_what_the_guest_says() throws Exception {
        try (OutboundHttp http = http(OutboundHttpTest::here, "api.test:" + port, "b.test:" + port)) {
            Answer answer = get(http, "http://api.test:" + port, Header.of("authorization", "guess"));
            assertThat(seen.getFirst()).contains("[Bearer s3cr3t]");
            assertThat(answer.toString()).doesNotContain("s3cr3t");
            get(http, "http://b.test:" + port, Header.of("authorization", "own"));
            assertThat(seen.getLast()).contains("[own]");
        }
    }

    @Test
    void answers_above_the_limit_and_hosts_that_are_not_there_are_failures() throws Exception {
        int nobody = Ports.free();
        try (OutboundHttp http = http(OutboundHttpTest::here, "api.test:" + port, "api.test:" + nobody)) {
            assertThat(reason(get(http, "http://api.test:" + port + "/large"))).isEqualTo(Reason.TOO_LARGE);
            assertThat(reason(get(http, "http://api.test:" + nobody))).isEqualTo(Reason.UNREACHABLE);
            assertThat(get(http, "http://api.test:" + port)).isInstanceOf(Reply.class);
        }
    }

    @Test
    void headers_and_methods_that_would_break_the_framing_are_malformed() throws Exception {
        try (OutboundHttp http = http(OutboundHttpTest::here, "api.test:" + port)) {
            URI uri = URI.create("http://api.test:" + port);
            for (Header header : List.of(
                    Header.of("a", "b\r\nx: y"),
                    Header.of("a b", "c"),
                    Header.of("Host", "other"),
                    Header.of("Transfer-Encoding", "chunked"),
                    Header.of("content-length", "1"),
                    Header.of("a", "ü"))) {
                assertThat(reason(http.call(new Call("GET", uri, List.of(header), Bytes.EMPTY))))
                        .as(header.toString())
                        .isEqualTo(Reason.MALFORMED);
            }
            assertThat(reason(http.call(new Call("CONNECT", uri, List.of(), Bytes.EMPTY))))
                    .isEqualTo(Reason.MALFORMED);
            assertThat(seen).isEmpty();
        }
    }
}
