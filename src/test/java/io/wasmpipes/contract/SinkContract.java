package io.wasmpipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** All clauses of sinks; here those about threads, ends and faults. */
public abstract class SinkContract extends SinkArrivalContract {
    /** A fresh counterpart for one clause. */
    @Override
    protected abstract Counterpart.ForSink open() throws Exception;

    @Test
    void eight_threads_send_at_once() throws Exception {
        try (Sink sink = sink();
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            sink.connect();
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int from = t * 100;
                done.add(threads.submit(() -> {
                    for (int i = from; i < from + 100; i += 10) {
                        assertConfirmed(sink.send(numbered(i, i + 10)).await(), 10);
                    }
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
            if (reader().invisible().isEmpty()) {
                assertThat(texts(reader().arrived(800))).containsExactlyInAnyOrderElementsOf(texts(numbered(800)));
            }
        }
    }

    @Test
    void close_is_safe_twice_and_outcomes_stay() throws Exception {
        Sink sink = sink();
        sink.connect();
        Sink.Pending pending = sink.send(numbered(3));
        assertConfirmed(pending.await(), 3);
        sink.close();
        sink.close();
        assertConfirmed(pending.await(), 3);
    }

    @Test
    void an_absent_system_is_an_outage_told_within_five_seconds() throws Exception {
        if (without(counterpart().absent().isEmpty(), counterpart().noFaults())) {
            return;
        }
        Counterpart.Absent absent = counterpart().absent().orElseThrow();
        try (Sink sink = counterpart().adapter().sink(endpoint(absent.uri(), absent.variables()), context())) {
            long start = System.nanoTime();
            assertThatThrownBy(sink::connect).isInstanceOfSatisfying(TransientException.class, e -> {
                assertThat(e.scope()).isEqualTo(TransientException.Scope.OUTAGE);
                assertThat(counterpart().secret().isEmpty()
                                || !Traces.of(e).contains(counterpart().secret()))
                        .isTrue();
            });
            assertWithin(Duration.ofSeconds(5), start);
            List<Outcome> outcomes = sink.send(numbered(2)).await();
            assertThat(outcomes).hasSize(2).allMatch(SinkContract::isOutage);
        }
    }

    private static boolean isOutage(Outcome outcome) {
        return outcome instanceof Outcome.Failed(TransientException e) && e.scope() == TransientException.Scope.OUTAGE;
    }

    @Test
    void a_restart_of_the_system_mid_stream_loses_nothing_confirmed() throws Exception {
        if (!faultless() && !lacks(Promise.DURABLE)) {
            streamThrough(faults -> faults.restart());
        }
    }

    @Test
    void a_cut_connection_is_made_anew() throws Exception {
        if (!faultless()) {
            streamThrough(Counterpart.Faults::cut);
        }
    }

    @Test
    void a_stalled_connection_goes_on() throws Exception {
        if (!faultless()) {
            streamThrough(faults -> {
                faults.stall();
                if (faults.stallShowsAtConnect()) {
                    try (Sink other = sink()) {
                        assertThatThrownBy(other::connect).isInstanceOf(TransientException.class);
                    }
                }
                faults.heal();
            });
        }
    }

    /** Something done to the system. */
    @FunctionalInterface
    private interface Fault {
        void on(Counterpart.Faults faults) throws Exception;
    }

    /** Sends through {@code fault}, again what was not confirmed; everything arrives, in order but for repetitions. */
    private void streamThrough(Fault fault) throws Exception {
        List<String> seen;
        try (Sink sink = sink()) {
            sink.connect();
            assertConfirmed(sink.send(numbered(50)).await(), 50);
            Sink.Pending under = sink.send(numbered(50, 100));
            fault.on(counterpart().faults().orElseThrow());
            Sink.Pending behind = sink.send(numbered(100, 150));
            List<Message> again = new ArrayList<>(unconfirmed(numbered(50, 100), under.await()));
            List<Message> then = unconfirmed(numbered(100, 150), behind.await());
            boolean ordered = counterpart().adapter().promises(endpoint()).contains(Promise.SENDS_IN_ORDER);
            assertThat(!ordered || again.isEmpty() || then.size() == 50)
                    .as("nothing overtakes")
                    .isTrue();
            again.addAll(then);
            again.addAll(numbered(150, 200));
            sendUntilConfirmed(sink, again);
            seen = texts(reader().arrived(200));
        }
        assertThat(seen).containsAll(texts(numbered(200)));
    }

    private static List<Message> unconfirmed(List<Message> messages, List<Outcome> outcomes) {
        List<Message> left = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (!(outcomes.get(i) instanceof Outcome.Confirmed)) {
                left.add(messages.get(i));
            }
        }
        return left;
    }

    private static void sendUntilConfirmed(Sink sink, List<Message> messages) throws Exception {
        Await.until("everything is confirmed", () -> {
            List<Outcome> failures = new ArrayList<>(sink.send(messages).await());
            failures.removeIf(outcome -> outcome instanceof Outcome.Confirmed);
            if (!failures.isEmpty()) {
                throw new IllegalStateException("left " + failures.size() + ", first " + failures.getFirst());
            }
            return true;
        });
    }
}
