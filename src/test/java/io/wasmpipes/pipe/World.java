package io.wasmpipes.pipe;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

/** A pipe between models, and everything that must be true of it. */
final class World {
    /** One experiment. */
    record Settings(
            long seed,
            int lanes,
            int keys,
            int messages,
            Order order,
            boolean sinkInOrder,
            int faultPercent,
            int lapsePercent) {
        Settings quiet() {
            return new Settings(seed, lanes, keys, messages, order, sinkInOrder, 0, 0);
        }
    }

    static final Limits LIMITS = new Limits(200, 20_000, 8 << 10, 16, Duration.ofMinutes(1));
    private static final Retry RETRY =
            new Retry(Duration.ofNanos(200_000), Duration.ofMillis(2), Duration.ofMillis(20), 40);

    private final Settings settings;
    private final Set<Sabotage> sabotage;
    private final Queue<String> breaches = new ConcurrentLinkedQueue<>();
    private final Map<String, Boolean> filtered = new ConcurrentHashMap<>();
    private final Map<String, Integer> sequences = new HashMap<>();
    final ModelSource source;
    final ModelSink sink;
    final ModelSink deadLetters;
    final ModelCache cache;
    final Pipe pipe;

    World(Settings settings, Sabotage... sabotage) {
        this.settings = settings;
        this.sabotage = sabotage.length == 0 ? Set.of() : EnumSet.of(sabotage[0], sabotage);
        this.source = new ModelSource(this, settings.seed());
        this.sink = new ModelSink(this, settings.seed() + 1, settings.sinkInOrder());
        this.deadLetters = new ModelSink(this, settings.seed() + 2, false);
        this.cache = new ModelCache(settings.seed() + 3, settings.faultPercent());
        this.pipe = new Pipe(plan(), PipeEvents.NONE, InstantSource.system());
        Random random = new Random(settings.seed() + 4);
        for (int i = 0; i < settings.messages(); i++) {
            String key = settings.order() == Order.SOURCE ? "all" : "k" + random.nextInt(settings.keys());
            source.add(key, sequences.merge(key, 1, Integer::sum), size(random));
        }
    }

    private static int size(Random random) {
        int dice = random.nextInt(1000);
        return dice < 5 ? ModelSink.POISON_BYTES : dice < 6 ? 9 << 10 : dice < 10 ? 7 << 10 : 20 + random.nextInt(300);
    }

    Settings settings() {
        return settings;
    }

    private Plan plan() {
        Set<Promise> in = EnumSet.of(Promise.REDELIVERS, Promise.STABLE_IDS, Promise.COUNTS_DELIVERIES);
        boolean told = settings.sinkInOrder() || sabotage.contains(Sabotage.LET_KEY_OVERTAKE);
        Set<Promise> out = told ? Set.of(Promise.SENDS_IN_ORDER) : Set.of();
        Plan.Policy policy = new Plan.Policy(
                settings.lanes(),
                settings.order(),
                LIMITS,
                RETRY,
                new Plan.DeadLetterLimit(100_000, 200_000),
                Duration.ofSeconds(10));
        return new Plan(
                "model",
                new Inlet("model:", saboteur((Source) source), in, UnaryOperator.identity(), false),
                new Outlet("sink", "model:", saboteur((Sink) sink), out, UnaryOperator.identity()),
                Map.of(),
                new Outlet("dead-letter", "model:", deadLetters, Set.of(), UnaryOperator.identity()),
                List.of(stages()),
                cache,
                policy);
    }

    private ModelStages stages() {
        return new ModelStages(settings, cache, sabotage.contains(Sabotage.SKIP_ROLL_BACK), filtered);
    }

    private Source saboteur(Source real) {
        return new SabotagedSource(real, sabotage);
    }

    private Sink saboteur(Sink real) {
        if (!sabotage.contains(Sabotage.SETTLE_BEFORE_CONFIRM)) {
            return real;
        }
        return new SabotagedSink(real);
    }

    static String nameOf(Message message) {
        return message.headers().first("name").orElse("");
    }

    void breach(String what) {
        breaches.add(what);
    }

    void checkBudget(int messages, long bytes) {
        if (messages > LIMITS.maxInFlight() || (bytes > LIMITS.maxInFlightBytes() && messages > 1)) {
            breach("budget exceeded: " + messages + " messages, " + bytes + " bytes in hand");
        }
    }

    /** Only what the source says is out may be sent. */
    void checkLive(Message message) {
        String name = nameOf(message).replace("+", "");
        if (source.lapsedLongAgo() && !name.isEmpty() && !source.out(name)) {
            breach("sent without a live delivery: " + name);
        }
    }

    /** At the moment of Done the sink has all outputs, or the message was filtered, or it is among the dead letters. */
    void checkDone(String id) {
        boolean dead = id.hashCode() % 97 == 0 || deadLetters.buried(id);
        boolean two = id.hashCode() % 11 == 0 && id.hashCode() % 31 != 0;
        boolean there = sink.has(id) && (!two || sink.has(id + "+"));
        if (!there && !dead && !filtered.containsKey(id)) {
            breach("settled, but not at the sink: " + id);
        }
    }

    /** Runs until everything is settled; answers what went wrong. */
    List<String> run(Duration atMost) throws InterruptedException {
        Thread runner = Thread.ofPlatform().name("pipe").start(() -> {
            try {
                if (pipe.run() != Pipe.Exit.CLEAN) {
                    breach("the pipe failed");
                }
            } catch (ConfigException | InterruptedException e) {
                breach(e.toString());
            }
        });
        long deadline = System.nanoTime() + atMost.toNanos();
        while (source.undone() > 0 && runner.isAlive() && System.nanoTime() < deadline) {
            Thread.sleep(5);
            reload();
        }
        if (source.undone() > 0) {
            breach("never settled: " + source.undone() + " messages; " + pipe.status());
        }
        pipe.stop();
        runner.join(Duration.ofSeconds(20));
        if (source.heldByPipe() != 0) {
            breach("never let go: " + source.heldByPipe() + " deliveries");
        }
        checkHistory();
        checkCounts();
        return List.copyOf(breaches);
    }

    /** The same stages once more: nothing of what must hold may be shaken by that. */
    private void reload() {
        try {
            pipe.replace(List.of(stages()));
        } catch (ConfigException e) {
            breach(e.toString());
        }
    }

    private void checkHistory() {
        if (settings.order() == Order.NONE) {
            return;
        }
        List<String> backwards = new ArrayList<>(sink.arrived()).reversed();
        checkAscending(sink.arrived(), 1);
        checkAscending(backwards, -1);
    }

    /** First sights of each key's numbers must rise (or fall, read from the end). */
    private void checkAscending(List<String> names, int direction) {
        Map<String, Integer> last = new HashMap<>();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        for (String name : names) {
            String id = name.replace("+", "");
            if (seen.add(id)) {
                String key = id.substring(0, id.indexOf('-'));
                int sequence = Integer.parseInt(id.substring(id.indexOf('-') + 1));
                Integer before = last.put(key, sequence);
                if (before != null && (sequence - before) * direction < 0) {
                    breach("order of " + key + ": " + before + " then " + sequence + " reading " + direction);
                }
            }
        }
    }

    private void checkCounts() {
        if (sabotage.contains(Sabotage.SKIP_ROLL_BACK)) {
            return;
        }
        Map<String, Long> expected = new HashMap<>();
        sequences.forEach((key, count) -> {
            for (int i = 1; i <= count; i++) {
                String id = key + "-" + i;
                if (id.hashCode() % 97 != 0 && !deadLetters.buriedInput(id)) {
                    expected.merge(key, 1L, Long::sum);
                }
            }
        });
        expected.forEach((key, count) -> {
            if (cache.number("count/" + key) != count) {
                breach("counted " + cache.number("count/" + key) + " of " + key + ", not " + count);
            }
        });
    }
}
