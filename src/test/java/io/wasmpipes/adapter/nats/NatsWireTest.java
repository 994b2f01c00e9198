package io.wasmpipes.adapter.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Demand;
import io.wasmpipes.Header;
import io.wasmpipes.Source;
import io.wasmpipes.support.Await;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What lies on the wire, seen by the official client itself. */
@Timeout(180)
class NatsWireTest extends NatsEnds {
    @Test
    void a_sink_writes_the_bare_body_and_native_headers() throws Exception {
        io.nats.client.Message got = sent(
                "w1",
                "",
                message("hello", Header.of("Content-Type", "a/b; c=d"), Header.of("Nats-Msg-Id", "inherited")));
        assertThat(text(got)).isEqualTo("hello");
        assertThat(got.getHeaders().keySet()).containsExactly("Content-Type");
        assertThat(got.getHeaders().getFirst("Content-Type")).isEqualTo("a/b; c=d");
        assertThat(sent("w2", "", message("plain")).hasHeaders()).isFalse();
    }

    @Test
    void a_sink_writes_gob_or_escaped_headers_on_request() throws Exception {
        assertThat(sent("w3", "?encoding=gob", message("hello", Header.of("a", "b")))
                        .getData())
                .isEqualTo(GOB);
        assertThat(text(sent("w3", "?encoding=gob", message("hello")))).isEqualTo("hello");
        io.nats.client.Message escaped = sent("w4", "?natsv2", message("x", Header.of("ä b", "c/d*~ e")));
        assertThat(escaped.getHeaders().getFirst("%C3%A4+b")).isEqualTo("c%2Fd%2A~+e");
        assertThat(sent("w4", "?NatsV2=true", message("x", Header.of("k", "é")))
                        .getHeaders()
                        .getFirst("k"))
                .isEqualTo("%C3%A9");
    }

    @Test
    void a_source_reads_gob_native_and_escaped_messages() throws Exception {
        try (Source source = source("nats://r1")) {
            source.connect();
            raw.publish("r1", GOB);
            raw.publish("r1", new io.nats.client.impl.Headers().add("p", "100%25"), new byte[] {1});
            raw.flush(Await.PATIENCE);
            assertThat(next(source))
                    .isEqualTo(message("hello", Header.of("a", "b")).withKey("r1"));
            assertThat(next(source).headers().first("p")).contains("100%25");
        }
        try (Source source = source("nats://r1?natsv2")) {
            source.connect();
            raw.publish("r1", new io.nats.client.impl.Headers().add("%C3%A4+b", "c%2Fd"), new byte[] {1});
            raw.flush(Await.PATIENCE);
            assertThat(next(source).headers().first("ä b")).contains("c/d");
        }
    }

    @Test
    void members_of_a_queue_group_share_and_other_groups_get_everything() throws Exception {
        try (Source a = source("nats://q?queue=g");
                Source b = source("nats://q?queue=g");
                Source other = source("nats://q?QUEUE=h")) {
            a.connect();
            b.connect();
            other.connect();
            for (int i = 0; i < 100; i++) {
                raw.publish("q", new byte[] {(byte) i});
            }
            raw.flush(Await.PATIENCE);
            int[] shared = new int[3];
            Await.until("all arrive", () -> {
                Demand now = new Demand(100, 1 << 20, true, Duration.ofMillis(20));
                shared[0] += a.receive(now).size();
                shared[1] += b.receive(now).size();
                shared[2] += other.receive(now).size();
                return shared[0] + shared[1] == 100 && shared[2] == 100;
            });
            assertThat(shared[0]).isBetween(1, 99);
        }
    }
}
