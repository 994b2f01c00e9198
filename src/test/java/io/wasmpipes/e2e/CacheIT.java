package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.get;
import static io.wasmpipes.support.PipeProcess.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cache is transactional with the message: whole processes, a real Redis, a real stream, failures between them. */
class CacheIT {
    private CacheRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new CacheRig();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static String message(String id, int number) {
        return "{\"id\":\"" + id + "\",\"n\":" + number + "}";
    }

    @Test
    void a_message_whose_sink_failed_after_its_key_was_written_comes_back_and_is_delivered() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        rig.target.behave(body -> {
            refused.incrementAndGet();
            return HttpTarget.Answer.TOO_MANY;
        });
        rig.variables.put("RETRY_MAX_ELAPSED", "300ms");
        rig.variables.put("MAX_DELIVERIES", "1000");
        RedisCommands<String, String> cache = rig.cache();
        try (PipeProcess pipe = rig.start()) {
            rig.publish(message("a", 1));
            Await.until(
                    "it was handed back",
                    () -> rig.nats.consumer("IN", "pipe").getDelivered().getConsumerSequence() > 1);
            assertThat(CacheRig.keys(cache, "v")).isEmpty();
            rig.target.behave(body -> HttpTarget.Answer.TAKE);
            Await.until("delivered, stderr: " + pipe.err(), () -> rig.target.count() == 1);
            rig.publish(message("a", 2));
            rig.awaitAllSettled(pipe);
            assertThat(rig.target.taken()).containsExactly(message("a", 1));
            assertThat(refused).hasPositiveValue();
            assertThat(CacheRig.keys(cache, "v"))
                    .containsExactly(CacheRig.valueKey("dedup:a"), CacheRig.valueKey("total"));
            assertThat(CacheRig.keys(cache, "c")).isEmpty();
            assertThat(cache.get(CacheRig.valueKey("total"))).isEqualTo("1");
        }
    }

    @Test
    void a_message_whose_process_died_after_its_key_was_claimed_is_delivered_by_the_next() throws Exception {
        rig.target.behave(body -> HttpTarget.Answer.AWAY);
        RedisCommands<String, String> cache = rig.cache();
        try (PipeProcess first = rig.start()) {
            rig.publish(message("a", 1));
            Await.until("held, stderr: " + first.err(), () -> first.said("sink is away"));
            assertThat(CacheRig.keys(cache, "c")).hasSize(1);
            first.kill();
        }
        rig.target.behave(body -> HttpTarget.Answer.TAKE);
        try (PipeProcess second = rig.start()) {
            rig.publish(message("a", 2));
            Await.until("delivered, stderr: " + second.err(), () -> rig.target.count() == 1);
            rig.awaitAllSettled(second);
            assertThat(rig.target.taken()).hasSize(1);
            assertThat(CacheRig.keys(cache, "c")).isEmpty();
            assertThat(cache.get(CacheRig.valueKey("total"))).isEqualTo("1");
        }
    }

    @Test
    void of_two_processes_given_the_same_key_at_once_exactly_one_lets_it_pass() throws Exception {
        int keys = 100;
        int[] ports = {Ports.free(), Ports.free()};
        List<PipeProcess> pipes = new ArrayList<>();
        for (int port : ports) {
            rig.variables.put("SOURCE_URI", "http://127.0.0.1:" + port + "/events?timeout=20s");
            rig.variables.put("MANAGEMENT_PORT", Integer.toString(Ports.free()));
            pipes.add(rig.start());
        }
        try (PipeProcess one = pipes.get(0).ready();
                PipeProcess other = pipes.get(1).ready()) {
            List<Integer> answers = postToBoth(keys, ports);
            assertThat(answers).hasSize(2 * keys).containsOnly(200);
            Map<String, Integer> taken = new HashMap<>();
            rig.target.taken().forEach(body -> taken.merge(body, 1, Integer::sum));
            assertThat(taken).hasSize(keys);
            assertThat(taken.values()).containsOnly(1);
            int dropped = duplicates(one) + duplicates(other);
            System.out.println("cache: " + keys + " keys given to two processes at once, dropped by each "
                    + duplicates(one) + " and " + duplicates(other));
            assertThat(dropped).isEqualTo(keys);
            assertThat(rig.cache().get(CacheRig.valueKey("total"))).isEqualTo(Integer.toString(keys));
            assertThat(CacheRig.keys(rig.cache(), "c")).isEmpty();
        }
    }

    private static List<Integer> postToBoth(int keys, int[] ports) throws InterruptedException {
        List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
        List<Thread> senders = new ArrayList<>();
        Semaphore room = new Semaphore(16);
        for (int key = 0; key < keys; key++) {
            room.acquire();
            CyclicBarrier both = new CyclicBarrier(2);
            AtomicInteger left = new AtomicInteger(2);
            String body = message("k" + key, 0);
            for (int port : ports) {
                senders.add(Thread.ofVirtual().start(() -> {
                    try {
                        both.await();
                        HttpResponse<String> answer = post(port, "/events", body);
                        answers.add(answer.statusCode());
                    } catch (Exception e) {
                        answers.add(-1);
                    }
                    if (left.decrementAndGet() == 0) {
                        room.release();
                    }
                }));
            }
        }
        for (Thread sender : senders) {
            sender.join();
        }
        return answers;
    }

    private static int duplicates(PipeProcess pipe) {
        Matcher counter = Pattern.compile("wasmpipes_module_counter_total\\{[^}]*name=\"duplicates\"[^}]*} (\\d+)")
                .matcher(get(pipe.managementPort(), "/metrics").body());
        return counter.find() ? Integer.parseInt(counter.group(1)) : 0;
    }

    @Test
    void whatever_dies_between_confirm_commit_and_settle_counters_and_keys_stay_exact() throws Exception {
        CacheRun.go(rig, new CacheRun.Plan(300, List.of(CacheRun.Fault.values()), System.nanoTime()));
    }

    @Test
    void while_redis_is_down_the_pipe_holds_and_then_goes_on() throws Exception {
        rig.variables.put("MANAGEMENT_PORT", Integer.toString(Ports.free()));
        try (PipeProcess pipe = rig.start().ready()) {
            for (int i = 0; i < 50; i++) {
                rig.publish(message("k" + i, i));
            }
            Await.until("the first pass, stderr: " + pipe.err(), () -> rig.target.count() == 50);
            rig.redis.kill();
            for (int i = 50; i < 250; i++) {
                rig.publish(message("k" + i, i));
            }
            Await.until("the pipe notices, stderr: " + pipe.err(), () -> pipe.said("cache is away"));
            HttpResponse<String> ready = get(pipe.managementPort(), "/healthz/readiness");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.body()).contains("\"status\":\"degraded\"", "\"cache\":\"cache redis://127.0.0.1:");
            assertThat(rig.target.count()).isEqualTo(50);
            outlast(CacheRig.LEASE.multipliedBy(2));
            assertThat(pipe.alive()).isTrue();
            rig.redis.restart();
            Await.until("the rest passes, stderr: " + pipe.err(), () -> rig.target.count() == 250);
            rig.awaitAllSettled(pipe);
            assertThat(rig.target.taken()).doesNotHaveDuplicates().hasSize(250);
            assertThat(rig.cache().get(CacheRig.valueKey("total"))).isEqualTo("250");
            pipe.says("cache is back");
        }
    }

    /** Longer than any lease, so that what the pipe holds is held because it is kept alive. */
    private static void outlast(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        Await.until("leases would have ended", () -> System.nanoTime() > end);
    }

    @Test
    void a_key_is_remembered_for_its_time_and_an_applied_message_for_longer_than_any_lease() throws Exception {
        rig.variables.put("MODULE_DEDUP_CONFIG_TTL_SECONDS", "3");
        RedisCommands<String, String> cache = rig.cache();
        try (PipeProcess pipe = rig.start()) {
            int first = rig.publish(message("a", 1));
            Await.until("delivered, stderr: " + pipe.err(), () -> rig.target.count() == 1);
            rig.publish(message("a", 2));
            rig.awaitAllSettled(pipe);
            assertThat(cache.pttl(CacheRig.valueKey("dedup:a"))).isBetween(1L, 3000L);
            assertThat(cache.pttl(CacheRig.valueKey("total"))).isEqualTo(-1);
            String applied = CacheRig.keys(cache, "a").stream()
                    .filter(key -> key.startsWith(CacheRig.appliedKey(first) + "-"))
                    .findFirst()
                    .orElseThrow();
            assertThat(cache.pttl(applied))
                    .isBetween(
                            Duration.ofHours(1).toMillis(), Duration.ofHours(2).toMillis());
            Await.until("the key is forgotten", () -> cache.exists(CacheRig.valueKey("dedup:a")) == 0);
            rig.publish(message("a", 3));
            rig.awaitAllSettled(pipe);
            assertThat(rig.target.taken()).containsExactly(message("a", 1), message("a", 3));
        }
    }
}
