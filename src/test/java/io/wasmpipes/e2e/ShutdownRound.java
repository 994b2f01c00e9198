package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.UncheckedIOException;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pipe over HTTP whose guest loops for ever on every other message, told to leave at a random moment while guests are at
 * their deadlines: it exits 0, leaves no request hanging and loses nothing that it answered 200.
 */
final class ShutdownRound {
    private static final int CLIENTS = 6;
    private static final Duration DEADLINE = Duration.ofMillis(200);
    private static final Duration LONGEST_LEAVE = Duration.ofSeconds(10);
    private static final List<String> QUICK = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");

    private final int port = Ports.free();
    private final Path folder = Folders.fresh("shutdown");
    private final Random random;
    private final long seed;
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger looping = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private volatile boolean leaving;

    private ShutdownRound(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** Plays {@code rounds} rounds, two at a time. */
    static void play(int rounds, long seed) throws Exception {
        System.out.println("shutdown: rounds=" + rounds + " seed=" + seed);
        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            List<Future<?>> games = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                long own = seed + i;
                games.add(two.submit(() -> {
                    new ShutdownRound(own).play();
                    return null;
                }));
            }
            for (Future<?> game : games) {
                game.get();
            }
        }
    }

    private void play() throws Exception {
        Path out = folder.resolve("out");
        Map<String, String> variables = Map.of(
                "SOURCE_URI",
                "http://:" + port + "/events",
                "SINK_URI",
                "file:" + out,
                "WASM_MODULES",
                HostileGuest.write(folder).toString(),
                "WASM_TIMEOUT",
                DEADLINE.toMillis() + "ms",
                "WORKERS",
                "2",
                "MANAGEMENT_PORT",
                "off");
        try (PipeProcess process =
                        PipeProcess.start(variables, QUICK, List.of()).ready();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> posting = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String name = "client " + i + " ";
                posting.add(clients.submit(() -> post(name)));
            }
            Await.until("guests loop and messages pass", () -> looping.get() > 1 && !confirmed.isEmpty());
            Thread.sleep(random.nextLong(3 * DEADLINE.toMillis())); // the moment is random
            int unanswered = looping.get();
            long asked = System.nanoTime();
            leaving = true;
            int exit = process.terminate().exitCode();
            Duration took = Duration.ofNanos(System.nanoTime() - asked);
            for (Future<?> client : posting) {
                client.get();
            }
            System.out.printf(
                    "shutdown: seed=%d looping=%d exit=%d after=%dms confirmed=%d answered=%d closed=%d%n",
                    seed, unanswered, exit, took.toMillis(), confirmed.size(), answered.get(), closed.get());
            assertThat(exit).as(String.join("\n", process.err())).isZero();
            assertThat(took).isLessThan(LONGEST_LEAVE);
            assertThat(String.join("\n", process.err())).doesNotContain("\tat ");
        }
        assertThat(new HashSet<>(Files.readAllLines(out)))
                .as("what was confirmed")
                .containsAll(confirmed);
    }

    /** Posts by turns what loops and what passes, until the connection is refused. */
    private void post(String name) {
        int number = 0;
        boolean open = true;
        while (open || !leaving) {
            open = number % 2 == 0 ? send("loop", looping) : send(name + number, new AtomicInteger());
            number++;
        }
    }

    private boolean send(String body, AtomicInteger underway) {
        underway.incrementAndGet();
        try {
            int status = PipeProcess.post(port, "/events", body).statusCode();
            answered.incrementAndGet();
            if (status == 200) {
                confirmed.add(body);
            }
            return true;
        } catch (UncheckedIOException e) {
            closed.incrementAndGet();
            assertThat((Throwable) e.getCause())
                    .as("a request left hanging")
                    .isNotInstanceOf(HttpTimeoutException.class);
            return false;
        } finally {
            underway.decrementAndGet();
        }
    }
}
