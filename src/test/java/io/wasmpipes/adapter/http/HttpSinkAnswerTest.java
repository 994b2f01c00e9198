package io.wasmpipes.adapter.http;

import static io.wasmpipes.adapter.http.HttpTarget.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Ports;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What the answers of a target mean, and what it means that there is none. */
class HttpSinkAnswerTest extends HttpSinks {
    private static PipeException failure(int status, String... headers) throws InterruptedException {
        try (HttpTarget target = new HttpTarget(status(status, headers));
                Sink sink = open(target.url("/hook"))) {
            Outcome outcome = send(sink, text("x"));
            assertThat(outcome).as("status " + status).isInstanceOf(Outcome.Failed.class);
            return ((Outcome.Failed) outcome).why();
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
}
