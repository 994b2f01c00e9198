package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.api.sync.RedisCommands;
import io.wasmpipes.e2e.HttpTarget.Answer;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.PipeProcess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every key comes twice while the pipe dies at chosen hops. In the end each key was delivered, every counter is exact, and
 * no message was delivered again whose writes were committed when its process died.
 */
final class CacheRun {
    private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");

    /** Where the process is when it is killed, or what happens to the cache. */
    enum Fault {
        /** The sink has confirmed, the commit does not get through. */
        BEFORE_COMMIT,
        /** The writes are committed, the settlement does not get through. */
        BEFORE_SETTLE,
        /** Anywhere. */
        ANYWHERE,
        /** The process lives, its connections to the cache are cut: answers are lost. */
        CUT,
        /** The process lives, Redis is killed and comes back. */
        REDIS
    }

    /** @param keys each comes twice */
    record Plan(int keys, List<Fault> faults, long seed) {}

    private final CacheRig rig;
    private final Plan plan;
    private final Random random;
    private final RedisCommands<String, String> cache;
    private final Map<Integer, Integer> takenAtLast = new HashMap<>();
    private PipeProcess pipe;
    private int kills;
    private int uncommittedAtKills;

    private CacheRun(CacheRig rig, Plan plan) {
        this.rig = rig;
        this.plan = plan;
        this.random = new Random(plan.seed());
        this.cache = rig.cache();
        this.pipe = rig.start();
    }

    static void go(CacheRig rig, Plan plan) throws Exception {
        System.out.println("cache run: " + plan);
        CacheRun run = new CacheRun(rig, plan);
        try {
            run.faults();
            run.check();
        } finally {
            run.pipe.close();
        }
    }

    private void faults() throws Exception {
        int share = 2 * plan.keys() / plan.faults().size();
        int number = 0;
        for (Fault fault : plan.faults()) {
            CountDownLatch met = trap(fault, 1 + random.nextInt(share / 2));
            for (int end = number + share; number < end; number++) {
                int sequence = rig.publish("{\"id\":\"k" + number / 2 + "\",\"n\":" + (number + 1) + "}");
                assertThat(sequence).isEqualTo(number + 1);
            }
            Await.until(fault + " is met, stderr: " + pipe.err(), () -> met.getCount() == 0);
            bring(fault);
        }
    }

    /** Arms the fault: it begins when the sink gets its {@code countdown}th next message. */
    private CountDownLatch trap(Fault fault, int countdown) {
        CountDownLatch left = new CountDownLatch(countdown);
        rig.target.behave(body -> {
            left.countDown();
            if (left.getCount() == 0) {
                switch (fault) {
                    case BEFORE_COMMIT -> rig.cacheProxy.refuse();
                    case BEFORE_SETTLE -> rig.sourceProxy.refuse();
                    case ANYWHERE, CUT, REDIS -> {}
                }
            }
            return Answer.TAKE;
        });
        return left;
    }

    private void bring(Fault fault) throws Exception {
        switch (fault) {
            case BEFORE_COMMIT -> {
                Await.until("the commit fails", () -> pipe.said("cache is away"));
                kill(fault);
                rig.cacheProxy.heal();
            }
            case BEFORE_SETTLE -> {
                Await.until("the settlement fails", () -> pipe.said("source is away"));
                kill(fault);
                rig.sourceProxy.heal();
            }
            case ANYWHERE -> kill(fault);
            case CUT -> rig.cacheProxy.cut();
            case REDIS -> {
                rig.redis.kill();
                rig.redis.restart();
            }
        }
        if (!pipe.alive()) {
            pipe = rig.start();
        }
    }

    private void kill(Fault fault) throws Exception {
        pipe.kill();
        kills++;
        rig.target.behave(body -> Answer.TAKE);
        Map<Integer, Integer> taken = taken();
        Set<Integer> applied = applied();
        long uncommitted =
                taken.keySet().stream().filter(n -> !applied.contains(n)).count();
        uncommittedAtKills += (int) uncommitted;
        for (Integer number : applied) {
            takenAtLast.put(number, taken.getOrDefault(number, 0));
        }
        System.out.println("cache run: kill -9 " + fault + ", unsettled "
                + rig.nats.consumer("IN", "pipe").getNumAckPending() + ", delivered and not committed " + uncommitted);
    }

    private Map<Integer, Integer> taken() {
        Map<Integer, Integer> taken = new HashMap<>();
        for (String body : rig.target.taken()) {
            Matcher number = NUMBER.matcher(body);
            assertThat(number.find()).isTrue();
            taken.merge(Integer.parseInt(number.group(1)), 1, Integer::sum);
        }
        return taken;
    }

    private Set<Integer> applied() {
        Set<Integer> applied = new HashSet<>();
        String prefix = CacheRig.appliedKey(0).replaceFirst("0$", "");
        for (String key : CacheRig.keys(cache, "a")) {
            int end = key.indexOf('-', prefix.length()); // behind the sequence stands the time
            applied.add(Integer.parseInt(key, prefix.length(), end, 10));
        }
        return applied;
    }

    private void check() throws Exception {
        rig.awaitAllSettled(pipe);
        Map<Integer, Integer> taken = taken();
        Set<Integer> keys = new HashSet<>();
        List<Integer> again = new ArrayList<>();
        taken.forEach((number, times) -> {
            keys.add((number - 1) / 2);
            if (times > takenAtLast.getOrDefault(number, times)) {
                again.add(number);
            }
        });
        int duplicates = rig.target.count() - keys.size();
        int expected = plan.keys() / plan.faults().size() * plan.faults().size();
        System.out.println("cache run: keys " + keys.size() + " of " + expected + ", counted "
                + cache.get(CacheRig.valueKey("total")) + ", duplicates " + duplicates + ", kills " + kills
                + ", seed " + plan.seed());
        assertThat(keys).as("lost, stderr: " + pipe.err()).hasSize(expected);
        assertThat(taken).as("both messages of a key were delivered").hasSize(expected);
        assertThat(duplicates)
                .as("only what was delivered and not committed comes twice")
                .isLessThanOrEqualTo(uncommittedAtKills);
        assertThat(again).as("delivered again although committed").isEmpty();
        assertThat(cache.get(CacheRig.valueKey("total"))).isEqualTo(Integer.toString(expected));
        assertThat(CacheRig.keys(cache, "c")).as("claims left").isEmpty();
    }
}
