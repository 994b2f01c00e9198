package io.wasmpipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Demand;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The clauses of sources: how they wait, and end. */
abstract class SourceWaitContract extends SourceArrivalContract {
    @Test
    void an_idle_receive_returns_in_time() throws Exception {
        if (unfed()) {
            return;
        }
        try (Source source = source()) {
            source.connect();
            long start = System.nanoTime();
            assertThat(source.receive(new Demand(10, 1000, true, Duration.ofMillis(300))))
                    .isEmpty();
            assertWithin(Duration.ofSeconds(5), start);
        }
    }

    @Test
    void an_idle_receive_can_be_interrupted() throws Exception {
        if (unfed()) {
            return;
        }
        try (Source source = source()) {
            source.connect();
            CompletableFuture<Throwable> end = new CompletableFuture<>();
            Thread receiver = receiving(source, end);
            receiver.interrupt();
            assertThat(end.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void close_unblocks_a_receive_and_is_safe_twice() throws Exception {
        if (unfed()) {
            return;
        }
        Source source = source();
        source.connect();
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        receiving(source, end);
        source.close();
        assertThat(end.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNull();
        source.close();
        assertThat(source.receive(ANY)).isEmpty();
    }

    /** Starts a receive that waits; completes with what it throws, or null. */
    private static Thread receiving(Source source, CompletableFuture<Throwable> end) throws Exception {
        AtomicReference<Thread> waiting = new AtomicReference<>();
        Thread receiver = Thread.ofPlatform().start(() -> {
            waiting.set(Thread.currentThread());
            try {
                source.receive(new Demand(10, 1000, true, Duration.ofSeconds(30)));
                end.complete(null);
            } catch (TransientException | InterruptedException | RuntimeException e) {
                end.complete(e);
            }
        });
        Await.until("the receiver waits", () -> receiver.getState() == Thread.State.TIMED_WAITING);
        return receiver;
    }

    @Test
    void an_absent_system_is_an_outage_told_within_five_seconds() throws Exception {
        if (without(counterpart().absent().isEmpty(), counterpart().noFaults())) {
            return;
        }
        Counterpart.Absent absent = counterpart().absent().orElseThrow();
        try (Source source = counterpart().adapter().source(endpoint(absent.uri(), absent.variables()), context())) {
            long start = System.nanoTime();
            assertThatThrownBy(source::connect)
                    .isInstanceOfSatisfying(
                            TransientException.class,
                            e -> assertThat(e.scope()).isEqualTo(TransientException.Scope.OUTAGE));
            assertWithin(Duration.ofSeconds(5), start);
        }
    }

    @Test
    void no_secret_is_in_a_message_or_a_description() throws Exception {
        if (without(counterpart().secret().isEmpty(), "it knows no secrets")) {
            return;
        }
        Counterpart.Absent absent = counterpart().absent().orElseThrow();
        String secret = counterpart().secret();
        try (Source source = counterpart().adapter().source(endpoint(absent.uri(), absent.variables()), context())) {
            assertThat(source.toString()).doesNotContain(secret);
            assertThatThrownBy(source::connect)
                    .satisfies(e -> assertThat(Traces.of(e)).doesNotContain(secret));
        }
        assertThat(counterpart()
                        .adapter()
                        .problems(endpoint(
                                absent.uri() + (absent.uri().contains("?") ? "&" : "?") + "wrong=1",
                                absent.variables()))
                        .toString())
                .doesNotContain(secret);
    }
}
