package io.wasmpipes.adapter.http;

import static io.wasmpipes.adapter.http.HttpTarget.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How a sink shows who it is. */
class HttpSinkLoginTest extends HttpSinks {
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
}
