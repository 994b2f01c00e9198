package io.wasmpipes.adapter.redis;

import static io.wasmpipes.adapter.redis.Streams.bodies;
import static io.wasmpipes.adapter.redis.Streams.retry;
import static io.wasmpipes.adapter.redis.Streams.settle;
import static io.wasmpipes.adapter.redis.Streams.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.protocol.CommandType;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes first, and what a new group begins with. */
@Timeout(180)
class RedisOrderTest {
    private static RedisServer server;
    private static Streams.Raw raw;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        raw = Streams.Raw.on(server.port());
    }

    @AfterAll
    static void stop() {
        raw.close();
        server.close();
    }

    private static String uri(String stream, String more) {
        return uri(server.port(), stream, more);
    }

    private static String uri(int port, String stream, String more) {
        return "redis://127.0.0.1:" + port + "/" + stream + "?group=g&idle=600ms&create=true" + more;
    }

    private static void add(String stream, int from, int to) {
        for (int i = from; i < to; i++) {
            raw.add(stream, "body", "m" + i);
        }
    }

    @Test
    void an_entry_that_is_handed_back_stands_before_the_later_ones() throws Exception {
        try (Source source = Streams.source(uri("order", ""))) {
            source.connect();
            add("order", 0, 4);
            List<Delivery> first = take(source, 4);
            settle(source, first.get(0), Settlement.Done.SILENT);
            settle(source, first.get(1), retry(300));
            assertThat(first.get(2).live()).isFalse();
            assertThat(first.get(3).live()).isFalse();
            add("order", 4, 6);
            List<Delivery> again = take(source, 5);
            assertThat(bodies(again)).containsExactly("m1", "m2", "m3", "m4", "m5");
            assertThat(again.stream().map(Delivery::attempt)).containsExactly(2, 1, 1, 1, 1);
        }
    }

    @Test
    void without_order_what_is_handed_back_holds_nothing_up() throws Exception {
        try (Source source = Streams.source(uri("free", "&ordered=false"))) {
            source.connect();
            add("free", 0, 2);
            List<Delivery> first = take(source, 2);
            settle(source, first.get(0), retry(1500));
            assertThat(first.get(1).live()).isTrue();
            add("free", 2, 3);
            assertThat(bodies(take(source, 1))).containsExactly("m2");
            assertThat(bodies(take(source, 1))).containsExactly("m0");
        }
    }

    @Test
    void entries_deleted_while_pending_hold_nothing_up() throws Exception {
        try (Source source = Streams.source(uri("deleted", ""))) {
            source.connect();
            String gone = raw.add("deleted", "body", "gone");
            raw.add("deleted", "body", "stays");
            List<Delivery> first = take(source, 2);
            raw.call(CommandType.XDEL, "deleted", gone);
            settle(source, first.get(0), retry(0));
            assertThat(bodies(take(source, 1))).containsExactly("stays");
            raw.call(CommandType.XTRIM, "deleted", "MAXLEN", "0");
        }
        try (Source next = Streams.source(uri("deleted", ""))) {
            next.connect();
            raw.add("deleted", "body", "new");
            assertThat(bodies(take(next, 1))).containsExactly("new");
        }
    }

    @Test
    void a_missing_group_is_an_outage_that_says_how_to_make_it() throws Exception {
        String uri = "redis://127.0.0.1:" + server.port() + "/nothing?group=g";
        try (Source source = Streams.source(uri)) {
            assertThatThrownBy(source::connect)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContaining("create=true")
                    .hasMessageContaining("XGROUP CREATE nothing g 0 MKSTREAM");
            raw.call(CommandType.XGROUP, "CREATE", "nothing", "g", "0", "MKSTREAM");
            source.connect();
        }
    }

    @Test
    void a_group_that_is_destroyed_is_made_again_and_begins_with_what_is_there() throws Exception {
        try (Source source = Streams.source(uri("again", ""))) {
            source.connect();
            add("again", 0, 1);
            settle(source, take(source, 1).getFirst(), Settlement.Done.SILENT);
            raw.call(CommandType.XGROUP, "DESTROY", "again", "g");
            assertThat(bodies(take(source, 1))).containsExactly("m0");
        }
    }

    @Test
    void a_new_group_may_begin_with_what_comes() throws Exception {
        add("newest", 0, 3);
        try (Source source = Streams.source(uri("newest", "&offset=newest"))) {
            source.connect();
            add("newest", 3, 4);
            assertThat(bodies(take(source, 1))).containsExactly("m3");
        }
    }

    @Test
    void the_lag_is_told() throws Exception {
        try (Source source = Streams.source(uri("lag", ""))) {
            source.connect();
            add("lag", 0, 7);
            List<Delivery> taken = new ArrayList<>();
            Await.until("one", () -> taken.addAll(source.receive(new Demand(1, 1 << 20, true, Duration.ofSeconds(1)))));
            assertThat(source.lag()).hasValue(6);
        }
    }
}
