package io.wasmpipes.adapter.http;

import static io.wasmpipes.adapter.http.HttpTarget.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Problems;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import io.wasmpipes.support.Ports;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a target sees, and what its answers mean. */
class HttpSinkTest {
    private record Given(Map<String, String> variables) implements Variables {
        @Override
        public Optional<String> get(String name) {
            return Optional.ofNullable(variables.get(name));
        }

        @Override
        public String nameOf(String name) {
            return name;
        }

        @Override
        public Map<String, String> under(String prefix) {
            Map<String, String> under = new TreeMap<>();
            variables.forEach((name, value) -> {
                if (name.startsWith(prefix)) {
                    under.put(name.substring(prefix.length()), value);
                }
            });
            return under;
        }
    }

    private static Sink open(String uri, Map<String, String> variables) {
        Endpoint endpoint = Endpoint.parse(Endpoint.Role.SINK, "SINK_URI", uri, new Given(variables), new Problems())
                .orElseThrow();
        Context context = new Context("test", Limits.DEFAULT, Path.of("target"), InstantSource.system());
        try {
            return new HttpAdapter().sink(endpoint, context);
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    private static Sink open(String uri) {
        return open(uri, Map.of());
    }

    private static Outcome send(Sink sink, Message message) throws InterruptedException {
        return sink.send(List.of(message)).await().getFirst();
    }

    private static Message text(String body) {
        return Message.of(Bytes.utf8(body));
    }

    private static PipeException failure(int status, String... headers) throws InterruptedException {
        try (HttpTarget target = new HttpTarget(status(status, headers));
                Sink sink = open(target.url("/hook"))) {
            Outcome outcome = send(sink, text("x"));
            assertThat(outcome).as("status " + status).isInstanceOf(Outcome.Failed.class);
            return ((Outcome.Failed) outcome).why();
        }
    }

    @Test
    void a_post_carries_body_headers_id_and_the_query_without_our_options() throws InterruptedException {
        try (HttpTarget target = new HttpTarget(status(200));
                Sink sink = open(target.url("/a%20b?x=1&timeout=3s&y=%2F&concurrency=2&headers=*"))) {
            Headers headers = Headers.of(List.of(
                    Header.of("Content-Type", "a/b"),
                    Header.of("X-Name", "Zoë"),
                    Header.of("X-Two", "1"),
                    Header.of("X-Two", "2"),
                    Header.of("Transfer-Encoding", "chunked")));
            Bytes body = Bytes.wrap(new byte[] {0, 1, (byte) 0xff});
            assertThat(send(sink, new Message(new Id("id-1"), body, headers, null, null, null)))
                    .isEqualTo(Outcome.Confirmed.YES);
            HttpTarget.Seen seen = target.seen.getFirst();
            assertThat(seen.method()).isEqualTo("POST");
            assertThat(seen.uri()).isEqualTo("/a%20b?x=1&y=%2F");
            assertThat(seen.body()).isEqualTo(body);
            assertThat(seen.header("Content-Type")).isEqualTo("a/b");
            assertThat(seen.header("Idempotency-Key")).isEqualTo("id-1");
            assertThat(HeaderText.decode(seen.header("X-Name"))).isEqualTo("Zoë");
            assertThat(seen.headers().get("X-two")).containsExactly("1", "2");
            assertThat(seen.header("Transfer-Encoding")).isEmpty();
        }
    }

    @Test
    void every_status_has_its_meaning() throws InterruptedException {
        for (int status : new int[] {409, 425, 429}) {
            assertThat(scope(failure(status))).as("" + status).isEqualTo(TransientException.Scope.MESSAGE);
        }
        for (int status : new int[] {301, 307, 401, 403, 404, 405, 408, 500, 502, 503}) {
            assertThat(scope(failure(status))).as("" + status).isEqualTo(TransientException.Scope.OUTAGE);
        }
        for (int status : new int[] {400, 410, 413, 415, 422}) {
            assertThat(failure(status)).as("" + status).isInstanceOf(PoisonException.class);
        }
    }

    private static TransientException.Scope scope(PipeException failure) {
        return failure instanceof TransientException t ? t.scope() : null;
    }

    @Test
    void a_redirect_is_not_followed_and_says_what_to_do() throws InterruptedException {
        assertThat(failure(308, "Location", "http://127.0.0.1:1/")).hasMessageContaining("redirects are not followed");
    }

    @Test
    void the_wait_that_a_target_asks_for_is_handed_on() throws InterruptedException {
        assertThat(((TransientException) failure(429, "Retry-After", "7")).retryAfter())
                .isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void every_2xx_is_confirmed_also_without_a_body() throws InterruptedException {
        for (int status : new int[] {200, 201, 202, 204}) {
            try (HttpTarget target = new HttpTarget(exchange -> exchange.sendResponseHeaders(status, -1));
                    Sink sink = open(target.url("/"))) {
                assertThat(send(sink, text("x"))).isEqualTo(Outcome.Confirmed.YES);
            }
        }
    }

    @Test
    void an_answer_that_breaks_off_is_not_confirmed() throws InterruptedException {
        HttpTarget.Script half = exchange -> {
            exchange.sendResponseHeaders(200, 100_000);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
        };
        try (HttpTarget target = new HttpTarget(half);
                Sink sink = open(target.url("/?timeout=2s"))) {
            assertThat(send(sink, text("x"))).isInstanceOf(Outcome.Failed.class);
        }
    }

    @Test
    void a_large_answer_is_drained_and_not_kept() throws InterruptedException {
        HttpTarget.Script large = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 32; i++) {
                exchange.getResponseBody().write(new byte[1 << 20]);
            }
        };
        try (HttpTarget target = new HttpTarget(large);
                Sink sink = open(target.url("/?timeout=20s"))) {
            assertThat(send(sink, text("x"))).isEqualTo(Outcome.Confirmed.YES);
        }
    }

    @Test
    void a_target_that_does_not_answer_is_an_outage_within_the_timeout() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        try (HttpTarget target = new HttpTarget(_ -> await(end));
                Sink sink = open(target.url("/?timeout=300ms&concurrency=2"))) {
            long start = System.nanoTime();
            List<Outcome> outcomes =
                    sink.send(List.of(text("a"), text("b"), text("c"))).await();
            assertThat(outcomes)
                    .allMatch(
                            o -> o instanceof Outcome.Failed(var why) && scope(why) == TransientException.Scope.OUTAGE);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            end.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_target_that_is_absent_is_an_outage_and_one_that_comes_back_is_used_again() throws InterruptedException {
        int port = Ports.free();
        try (Sink sink = open("http://127.0.0.1:" + port + "/hook")) {
            assertThatThrownBy(sink::connect).isInstanceOf(TransientException.class);
            assertThat(send(sink, text("x"))).isInstanceOf(Outcome.Failed.class);
            try (HttpTarget target = new HttpTarget(port, status(200))) {
                assertThat(send(sink, text("y"))).isEqualTo(Outcome.Confirmed.YES);
                assertThat(target.seen).hasSize(1);
            }
        }
    }

    @Test
    void no_more_requests_are_under_way_than_allowed() throws InterruptedException {
        try (HttpTarget target = new HttpTarget(status(200));
                Sink sink = open(target.url("/?concurrency=4"))) {
            List<Message> batch = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                batch.add(text("m" + i));
            }
            assertThat(sink.send(batch).await()).hasSize(100).containsOnly(Outcome.Confirmed.YES);
            assertThat(target.mostAtOnce.get()).isBetween(1, 4);
            assertThat(target.seen).hasSize(100);
        }
    }

    @Test
    void credentials_and_extra_headers_are_shown_to_the_target_and_to_nobody_else() throws InterruptedException {
        Map<String, String> variables = Map.of("HTTP_TOKEN", "t0ken", "HTTP_HEADER_X_API_KEY", "k3y");
        try (HttpTarget target = new HttpTarget(status(500));
                Sink sink = open(target.url("/hook?key=hidden"), variables)) {
            Outcome outcome = send(sink, text("x"));
            assertThat(target.seen.getFirst().header("Authorization")).isEqualTo("Bearer t0ken");
            assertThat(target.seen.getFirst().header("X-Api-Key")).isEqualTo("k3y");
            assertThat(outcome.toString())
                    .doesNotContain("t0ken")
                    .doesNotContain("k3y")
                    .doesNotContain("hidden");
        }
    }

    @Test
    void credentials_in_the_uri_are_basic_and_not_a_part_of_what_is_asked_for() throws InterruptedException {
        try (HttpTarget target = new HttpTarget(status(200));
                Sink sink = open("http://ann:p%40ss@127.0.0.1:" + target.port() + "/hook")) {
            assertThat(send(sink, text("x"))).isEqualTo(Outcome.Confirmed.YES);
            assertThat(target.seen.getFirst().header("Authorization")).isEqualTo("Basic YW5uOnBAc3M=");
            assertThat(target.seen.getFirst().header("Host")).isEqualTo("127.0.0.1:" + target.port());
        }
    }

    @Test
    void an_oauth2_token_is_fetched_once_and_again_when_it_is_refused() throws InterruptedException {
        AtomicInteger tokens = new AtomicInteger();
        HttpTarget.Script issue = exchange -> {
            String json = "{\"expires_in\":3600,\"access_token\":\"t" + tokens.incrementAndGet() + "\"}";
            exchange.sendResponseHeaders(200, json.length());
            exchange.getResponseBody().write(json.getBytes(StandardCharsets.UTF_8));
        };
        HttpTarget.Script refuseTheFirst = exchange -> {
            boolean first = "Bearer t1".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            status(first ? 401 : 200).answer(exchange);
        };
        try (HttpTarget issuer = new HttpTarget(issue);
                HttpTarget target = new HttpTarget(refuseTheFirst);
                Sink sink = open(target.url("/"), oauth2(issuer))) {
            assertThat(send(sink, text("1"))).isInstanceOf(Outcome.Failed.class);
            assertThat(send(sink, text("2"))).isEqualTo(Outcome.Confirmed.YES);
            assertThat(send(sink, text("3"))).isEqualTo(Outcome.Confirmed.YES);
            assertThat(tokens.get()).isEqualTo(2);
            assertThat(issuer.seen.getFirst().body().utf8())
                    .isEqualTo("grant_type=client_credentials&client_id=me&client_secret=s%26cret&scope=a+b");
            assertThat(target.seen.getLast().header("Authorization")).isEqualTo("Bearer t2");
        }
    }

    private static Map<String, String> oauth2(HttpTarget issuer) {
        return Map.of(
                "HTTP_OAUTH2_TOKEN_URL", issuer.url("/token"),
                "HTTP_OAUTH2_CLIENT_ID", "me",
                "HTTP_OAUTH2_CLIENT_SECRET", "s&cret",
                "HTTP_OAUTH2_SCOPE", "a b");
    }

    @Test
    void a_header_that_http_cannot_carry_is_poison() throws InterruptedException {
        try (HttpTarget target = new HttpTarget(status(200));
                Sink sink = open(target.url("/"))) {
            Message evil = text("x").withHeaders(Headers.EMPTY.with("X-A", "1\r\nX-B: 2"));
            assertThat(send(sink, evil))
                    .matches(o -> o instanceof Outcome.Failed(var why) && why instanceof PoisonException);
            assertThat(target.seen).isEmpty();
        }
    }

    @Test
    void a_body_of_a_megabyte_arrives_whole() throws InterruptedException {
        byte[] body = new byte[1 << 20];
        new Random(1).nextBytes(body);
        try (HttpTarget target = new HttpTarget(status(200));
                Sink sink = open(target.url("/?method=PUT"))) {
            assertThat(send(sink, Message.of(Bytes.wrap(body)))).isEqualTo(Outcome.Confirmed.YES);
            assertThat(target.seen.getFirst().body()).isEqualTo(Bytes.wrap(body));
            assertThat(target.seen.getFirst().method()).isEqualTo("PUT");
        }
    }
}
