package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Producers of numbered messages: each sends its number again and again until it is acknowledged. They go on beyond
 * {@code messages} until {@link #enough} is called, so that no kill meets a pipe that has nothing to do.
 */
abstract class Feed implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration END = Duration.ofMinutes(3);

    private final int messages;
    private final AtomicInteger next = new AtomicInteger();
    private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    private final List<Thread> producers = new ArrayList<>();
    private volatile boolean enough;
    private volatile @Nullable Throwable failure;

    Feed(int messages) {
        this.messages = messages;
    }

    /** Sends {@code body} once: true if it was acknowledged. */
    abstract boolean send(int number, String body) throws InterruptedException;

    /** Waits while too much is under way already. */
    void makeRoom(int number) throws InterruptedException {}

    final void start(int count) {
        for (int i = 0; i < count; i++) {
            producers.add(Thread.ofVirtual().start(this::produce));
        }
    }

    static String body(int number) {
        return String.format(Locale.ROOT, "number-%07d", number);
    }

    /** The number that a body holds, in whatever case. */
    static int number(String body) {
        return Integer.parseInt(body, "number-".length(), body.length(), 10);
    }

    private void produce() {
        try {
            for (int number = take(); number >= 0; number = take()) {
                makeRoom(number);
                while (!send(number, body(number))) {
                    Thread.sleep(PAUSE);
                }
                acknowledged.add(number);
            }
        } catch (InterruptedException e) {
            // closed
        } catch (RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    private int take() {
        int number = next.get();
        while (number < messages || !enough) {
            if (next.compareAndSet(number, number + 1)) {
                return number;
            }
            number = next.get();
        }
        return -1;
    }

    /** No number above {@code messages} any more. */
    final void enough() {
        enough = true;
    }

    /** Waits until everything that was sent is acknowledged, and answers those numbers. */
    final Set<Integer> finish() throws InterruptedException {
        enough();
        Await.until("all producers are done", END, () -> producers.stream().noneMatch(Thread::isAlive));
        assertThat(failure).as("what made a producer give up").isNull();
        return acknowledged;
    }

    @Override
    public void close() {
        producers.forEach(Thread::interrupt);
    }
}
