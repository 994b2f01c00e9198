package io.wasmpipes.pipe;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Promise;
import io.wasmpipes.Scope;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A pipe between a queue and sinks that a test scripts; runs on its own thread. */
final class Rig implements AutoCloseable {
    /** What a scripted module does. */
    interface Script {
        List<Message> apply(Message message, Scope scope)
                throws TransientException, PoisonException, InterruptedException;
    }

    /** A sink that answers as told and keeps what it has confirmed. */
    static final class ScriptedSink implements Sink {
        final List<Message> confirmed = new CopyOnWriteArrayList<>();
        final AtomicInteger offered = new AtomicInteger();
        volatile Function<Message, Outcome> answer = message -> Outcome.Confirmed.YES;

        @Override
        public void connect() {}

        @Override
        public Pending send(List<Message> messages) {
            return () -> {
                List<Outcome> outcomes = new ArrayList<>();
                for (Message message : messages) {
                    offered.incrementAndGet();
                    Outcome outcome = answer.apply(message);
                    if (outcome instanceof Outcome.Confirmed) {
                        confirmed.add(message);
                    }
                    outcomes.add(outcome);
                }
                return outcomes;
            };
        }

        List<String> bodies() {
            return confirmed.stream().map(message -> message.body().utf8()).toList();
        }

        @Override
        public void close() {}
    }

    /** A queue that counts deliveries and gives again what is handed back. */
    final class Queue implements Source {
        private final DelayQueue<Waiting> waiting = new DelayQueue<>();
        final Map<String, List<Settlement>> settlements = new ConcurrentHashMap<>();
        final AtomicInteger receives = new AtomicInteger();
        volatile boolean live = true;
        volatile boolean lastAttempt;
        volatile boolean ended;
        volatile Runnable beforeReceive = () -> {};

        void add(Message message) {
            add(message, 1);
        }

        void add(Message message, int attempt) {
            waiting.add(new Waiting(message, attempt, 0));
        }

        @Override
        public void connect() {}

        @Override
        public List<Delivery> receive(Demand demand) throws InterruptedException {
            receives.incrementAndGet();
            beforeReceive.run();
            List<Delivery> out = new ArrayList<>();
            Waiting next = ended ? waiting.poll() : waiting.poll(20, TimeUnit.MILLISECONDS);
            long bytes = 0;
            while (next != null && demand.admits(next.message.size(), out.size(), bytes)) {
                bytes += next.message.size();
                out.add(next);
                next = waiting.poll();
            }
            if (next != null) {
                waiting.add(next);
            }
            return out;
        }

        @Override
        public boolean exhausted() {
            return ended && waiting.isEmpty();
        }

        @Override
        public void settle(List<Settled> settled) {
            for (Settled each : settled) {
                String name = each.delivery().message().body().utf8();
                settlements
                        .computeIfAbsent(name, n -> new CopyOnWriteArrayList<>())
                        .add(each.settlement());
                if (each.settlement() instanceof Settlement.Retry(var delay, var why)) {
                    waiting.add(new Waiting(
                            each.delivery().message(),
                            each.delivery().attempt() + 1,
                            System.nanoTime() + delay.toNanos()));
                }
            }
        }

        List<Settlement> of(String body) {
            return settlements.getOrDefault(body, List.of());
        }

        boolean done(String body) {
            return of(body).stream().anyMatch(s -> s instanceof Settlement.Done);
        }

        @Override
        public void close() {}
    }

    private final class Waiting implements Delivery, Delayed {
        final Message message;
        final int attempt;
        final long notBefore;

        Waiting(Message message, int attempt, long notBefore) {
            this.message = message;
            this.attempt = attempt;
            this.notBefore = notBefore;
        }

        @Override
        public Message message() {
            return message;
        }

        @Override
        public int attempt() {
            return attempt;
        }

        @Override
        public boolean last() {
            return source.lastAttempt;
        }

        @Override
        public boolean live() {
            return source.live;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(notBefore - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    final Queue source = new Queue();
    final ScriptedSink sink = new ScriptedSink();
    final ScriptedSink letters = new ScriptedSink();
    final Map<String, Outlet> labelled = new HashMap<>();
    final Set<Promise> promises =
            EnumSet.of(Promise.REDELIVERS, Promise.STABLE_IDS, Promise.COUNTS_DELIVERIES, Promise.REJECTS);
    final ModelCache cache;
    private final List<Script> scripts = new ArrayList<>();
    boolean deadLetters = true;
    boolean replies;
    boolean skipRejected;

    /** Whether the sink carries headers. */
    boolean headers;

    OptionalInt hopLimit = OptionalInt.empty();
    final List<Integer> hops = new CopyOnWriteArrayList<>();
    int workers = 1;
    Order order = Order.NONE;
    Limits limits = new Limits(100, 100_000, 50_000, 10, Duration.ofMinutes(1));
    Retry retry = new Retry(Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(60), 4);
    Plan.DeadLetterLimit limit = Plan.DeadLetterLimit.DEFAULT;
    Duration drain = Duration.ofSeconds(5);
    private @Nullable Pipe pipe;
    private final CompletableFuture<Pipe.Exit> exit = new CompletableFuture<>();

    Rig() {
        this(new ModelCache(1, 0));
    }

    Rig(ModelCache cache) {
        this.cache = cache;
    }

    Rig module(Script script) {
        scripts.add(script);
        return this;
    }

    Rig send(String... bodies) {
        for (String body : bodies) {
            source.add(message(body));
        }
        return this;
    }

    static Message message(String body) {
        return Message.of(Bytes.utf8(body)).withId(new Id("id-" + body)).withKey(body.replaceAll("\\d", ""));
    }

    static Outlet outlet(String name, Sink sink) {
        return new Outlet(name, name + ":", sink, Set.of(), headers -> headers);
    }

    Rig start() {
        Plan plan = new Plan(
                "rig",
                new Inlet("queue:", source, promises, Rig::withoutSecrets, skipRejected),
                replies
                        ? null
                        : headers
                                ? new Outlet("sink", "sink:", sink, Set.of(Promise.HEADERS), h -> h)
                                : outlet("sink", sink),
                labelled,
                deadLetters ? outlet("dead-letter", letters) : null,
                scripts.stream().map(script -> factory("script", script)).toList(),
                cache,
                new Plan.Policy(workers, order, limits, retry, limit, drain, hopLimit));
        Pipe made = new Pipe(
                plan,
                new PipeEvents() {
                    @Override
                    public void manyHops(int count) {
                        hops.add(count);
                    }
                },
                InstantSource.system());
        pipe = made;
        Thread.ofPlatform().name("rig").start(() -> {
            try {
                exit.complete(made.run());
            } catch (ConfigException | InterruptedException | RuntimeException e) {
                exit.completeExceptionally(e);
            }
        });
        return this;
    }

    private static Headers withoutSecrets(Headers headers) {
        return headers.keep(header -> !header.name().equalsIgnoreCase("authorization"));
    }

    /** A module named script; {@code digest} is that of its code. */
    static Stage.Factory factory(String digest, Script script) {
        return new Stage.Factory() {
            @Override
            public String name() {
                return "script";
            }

            @Override
            public String digest() {
                return "sha256:" + digest;
            }

            @Override
            public Stage open() {
                return new Stage() {
                    @Override
                    public String name() {
                        return "script";
                    }

                    @Override
                    public List<Message> apply(Message message, Scope scope)
                            throws TransientException, PoisonException, InterruptedException {
                        return script.apply(message, scope);
                    }

                    @Override
                    public void close() {}
                };
            }
        };
    }

    Pipe pipe() {
        return Objects.requireNonNull(pipe);
    }

    Rig untilDone(String... bodies) throws InterruptedException {
        for (String body : bodies) {
            Await.until(body + " is done", () -> source.done(body));
        }
        return this;
    }

    Pipe.Exit exit() throws Exception {
        return exit.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    Pipe.Exit stop() throws Exception {
        pipe().stop();
        return exit();
    }

    @Override
    public void close() {
        pipe().stop();
        exit.handle((ended, failed) -> ended)
                .orTimeout(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
