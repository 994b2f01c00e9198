package io.wasmpipes.adapter.redis;

import static io.wasmpipes.adapter.redis.Streams.bodies;
import static io.wasmpipes.adapter.redis.Streams.retry;
import static io.wasmpipes.adapter.redis.Streams.settle;
import static io.wasmpipes.adapter.redis.Streams.take;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.protocol.CommandType;
import io.wasmpipes.Delivery;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leases and takeovers of a consumer group, beyond what the contract asks of every adapter. */
@Timeout(180)
class RedisGroupTest {
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

    private static void passes(Duration time) throws InterruptedException {
        long until = System.nanoTime() + time.toNanos();
        Await.until("the time passes", () -> System.nanoTime() - until > 0);
    }

    @Test
    void what_a_dead_consumer_held_another_takes_over_and_its_deliveries_die() throws Exception {
        FaultProxy proxy = FaultProxy.before(server.port());
        try (Source one = Streams.source(uri(proxy.port(), "takeover", ""));
                Source two = Streams.source(uri("takeover", ""))) {
            one.connect();
            two.connect();
            add("takeover", 0, 5);
            List<Delivery> held = take(one, 5);
            proxy.refuse(); // as good as dead: it gives no sign any more
            List<Delivery> taken = take(two, 5);
            assertThat(bodies(taken)).containsExactly("m0", "m1", "m2", "m3", "m4");
            assertThat(taken).allMatch(d -> d.attempt() == 2);
            assertThat(held).noneMatch(Delivery::live);
            proxy.heal();
            settle(one, held.getFirst(), Settlement.Done.SILENT);
            assertThat(taken).allMatch(Delivery::live);
            assertThat(raw.pending("takeover", "g")).isEqualTo(5);
        } finally {
            proxy.close();
        }
    }

    @Test
    void two_consumers_share_a_stream_and_each_message_comes_once() throws Exception {
        try (Source one = Streams.source(uri("share", ""));
                Source two = Streams.source(uri("share", ""))) {
            one.connect();
            two.connect();
            add("share", 0, 100);
            List<String> all = new ArrayList<>();
            Await.until("all 100", () -> {
                for (Source source : List.of(one, two)) {
                    for (Delivery each : source.receive(Streams.TEN)) {
                        all.add(each.message().body().utf8());
                        settle(source, each, Settlement.Done.SILENT);
                    }
                }
                return all.size() >= 100;
            });
            assertThat(all).hasSize(100).doesNotHaveDuplicates();
        }
    }

    @Test
    void what_is_handed_back_stays_alive_until_its_delay_is_over() throws Exception {
        try (Source one = Streams.source(uri("delay", ""));
                Source two = Streams.source(uri("delay", ""))) {
            one.connect();
            two.connect();
            add("delay", 0, 1);
            Delivery first = take(one, 1).getFirst();
            settle(one, first, retry(2000)); // more than three leases
            long start = System.nanoTime();
            CompletableFuture<Integer> other = CompletableFuture.supplyAsync(() -> received(two));
            Delivery second = take(one, 1).getFirst();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1900));
            assertThat(second.attempt()).isEqualTo(2);
            assertThat(other.get()).isZero();
        }
    }

    /** How many come to a consumer within 1.8 s. */
    private static int received(Source source) {
        int count = 0;
        long end = System.nanoTime() + Duration.ofMillis(1800).toNanos();
        try {
            while (System.nanoTime() - end < 0) {
                count += source.receive(Streams.TEN).size();
            }
        } catch (TransientException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return count;
    }

    @Test
    void a_named_consumer_gets_its_own_entries_back_at_once() throws Exception {
        raw.call(CommandType.XGROUP, "CREATE", "named", "g", "0", "MKSTREAM");
        add("named", 0, 3);
        raw.call(CommandType.XREADGROUP, "GROUP", "g", "me", "STREAMS", "named", ">");
        try (Source source =
                Streams.source("redis://127.0.0.1:" + server.port() + "/named?group=g&idle=1h&consumer=me")) {
            source.connect();
            List<Delivery> again = take(source, 3);
            assertThat(bodies(again)).containsExactly("m0", "m1", "m2");
            assertThat(again).allMatch(d -> d.attempt() == 2);
        }
    }

    @Test
    void an_answer_that_is_cut_off_is_not_forgotten() throws Exception {
        FaultProxy proxy = FaultProxy.before(server.port());
        String uri = "redis://127.0.0.1:" + proxy.port() + "/cut?group=g&idle=1h&create=true";
        try (Source source = Streams.source(uri)) {
            source.connect();
            Set<String> seen = new HashSet<>();
            for (int round = 0; round < 20; round++) {
                add("cut", round * 10, round * 10 + 10);
                proxy.cutAfter(1 + round * 37L); // often between the question and its answer
                drain(source, seen, (round + 1) * 10);
            }
            assertThat(seen).hasSize(200);
            assertThat(raw.pending("cut", "g")).isZero();
        } finally {
            proxy.close();
        }
    }

    private static void drain(Source source, Set<String> seen, int size) throws InterruptedException {
        Await.until(size + " are seen", () -> {
            for (Delivery each : source.receive(Streams.TEN)) {
                Await.until("it is settled", () -> settled(source, each)); // as a pipe does
                seen.add(each.message().body().utf8());
            }
            return seen.size() >= size;
        });
    }

    private static boolean settled(Source source, Delivery delivery) throws Exception {
        settle(source, delivery, Settlement.Done.SILENT);
        return true;
    }

    @Test
    void after_lease_max_a_delivery_is_dead_and_comes_again() throws Exception {
        try (Source source = Streams.source(uri("max", ""), Duration.ofSeconds(1))) {
            source.connect();
            add("max", 0, 1);
            Delivery first = take(source, 1).getFirst();
            passes(Duration.ofMillis(800));
            assertThat(first.live()).isTrue();
            Await.until("it is dead", () -> !first.live());
            Delivery second = take(source, 1).getFirst();
            assertThat(second.attempt()).isEqualTo(2);
            settle(source, first, Settlement.Done.SILENT);
            assertThat(second.live()).isTrue();
        }
    }

    @Test
    void a_consumer_without_a_name_leaves_none_behind() throws Exception {
        try (Source source = Streams.source(uri("leave", ""))) {
            source.connect();
            add("leave", 0, 1);
            settle(source, take(source, 1).getFirst(), Settlement.Done.SILENT);
            assertThat(raw.call(CommandType.XINFO, "CONSUMERS", "leave", "g")).hasSize(1);
        }
        assertThat(raw.call(CommandType.XINFO, "CONSUMERS", "leave", "g")).isEmpty();
    }
}
