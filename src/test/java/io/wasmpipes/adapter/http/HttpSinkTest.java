package io.wasmpipes.adapter.http;

import static io.wasmpipes.adapter.http.HttpTarget.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a target sees. */
class HttpSinkTest extends HttpSinks {
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
