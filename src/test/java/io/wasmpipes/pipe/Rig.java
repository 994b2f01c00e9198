package io.wasmpipes.pipe;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Promise;
import io.wasmpipes.Scope;
import io.wasmpipes.Sink;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A pipe between a queue and sinks that a test scripts; runs on its own thread. */
final class Rig implements AutoCloseable {
    /** What a sink answers that is not there, that cannot take this message now, and that never can. */
    static final Outcome AWAY = new Outcome.Failed(TransientException.outage("nobody home"));

    static final Outcome NOT_NOW = new Outcome.Failed(TransientException.message("not this one, not now"));
    static final Outcome NEVER = new Outcome.Failed(new PoisonException("too large for me"));

    /** What a scripted module does. */
    interface Script {
        List<Message> apply(Message message, Scope scope)
                throws TransientException, PoisonException, InterruptedException;
    }

    final ScriptedQueue source = new ScriptedQueue();
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

    /** What is told of a dead letter. */
    String letter(int index) {
        return letters.confirmed.get(index).headers().first("wasmpipes").orElseThrow();
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
