package io.wasmpipes.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import io.wasmpipes.Promise;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** All clauses of sources; here those about settling, leases and faults. */
public abstract class SourceContract extends SourceWaitContract {
    private static final String PROBE = "probe";
    private static final Settlement RETRY_AT_ONCE =
            new Settlement.Retry(Duration.ZERO, new IllegalStateException("again"));

    /** A fresh counterpart for one clause. */
    @Override
    protected abstract Counterpart.ForSource open() throws Exception;

    @Test
    void what_is_done_is_forgotten() throws Exception {
        if (lacks(Promise.REDELIVERS) || unfed()) {
            return;
        }
        feedAndSettle(1, Settlement.Done.SILENT);
        assertNothingComes();
    }

    @Test
    void what_is_rejected_does_not_come_back() throws Exception {
        if (lacks(Promise.REDELIVERS) || unfed()) {
            return;
        }
        feedAndSettle(feeder().rejections(), new Settlement.Reject(new IllegalStateException("never")));
        assertNothingComes();
    }

    private void feedAndSettle(int times, Settlement how) throws Exception {
        try (Source source = source()) {
            source.connect();
            feeder().put(numbered(10));
            for (int i = 0; i < times; i++) {
                settle(source, take(source, 10), how);
            }
        }
    }

    private void assertNothingComes() throws Exception {
        try (Source source = source()) {
            source.connect();
            long end = System.nanoTime() + feeder().lease().multipliedBy(2).toNanos();
            while (System.nanoTime() - end < 0) {
                assertThat(source.receive(ANY)).isEmpty();
            }
        }
    }

    @Test
    void a_retry_comes_back_and_not_before_its_delay() throws Exception {
        if (lacks(Promise.REDELIVERS) || unfed()) {
            return;
        }
        try (Source source = source()) {
            source.connect();
            feeder().put(numbered(1));
            Delivery first = take(source, 1).getFirst();
            long start = System.nanoTime();
            settle(
                    source,
                    List.of(first),
                    new Settlement.Retry(Duration.ofMillis(700), new IllegalStateException("x")));
            Delivery second = take(source, 1).getFirst();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(650));
            assertThat(second.message().body()).isEqualTo(first.message().body());
            assertThat(first.live()).isFalse();
            assertThat(second.live()).isTrue();
            settle(source, List.of(second), Settlement.Done.SILENT);
        }
    }

    @Test
    void a_second_delivery_has_the_same_id_and_counts() throws Exception {
        if (lacks(Promise.STABLE_IDS) || lacks(Promise.COUNTS_DELIVERIES) || unfed()) {
            return;
        }
        try (Source source = source()) {
            source.connect();
            feeder().put(numbered(1));
            Delivery first = take(source, 1).getFirst();
            assertThat(first.attempt()).isEqualTo(1);
            settle(source, List.of(first), RETRY_AT_ONCE);
            Delivery second = take(source, 1).getFirst();
            assertThat(second.attempt()).isEqualTo(2);
            assertThat(second.message().id()).isEqualTo(first.message().id());
            settle(source, List.of(second), Settlement.Done.SILENT);
        }
    }

    @Test
    void a_second_settlement_changes_nothing() throws Exception {
        if (lacks(Promise.REDELIVERS) || unfed()) {
            return;
        }
        try (Source source = source()) {
            source.connect();
            feeder().put(numbered(5));
            List<Delivery> taken = take(source, 5);
            settle(source, taken, Settlement.Done.SILENT);
            settle(source, taken, RETRY_AT_ONCE);
        }
        assertNothingComes();
    }

    @Test
    void what_is_unsettled_comes_back_after_a_reopening() throws Exception {
        if (lacks(Promise.REDELIVERS) || unfed()) {
            return;
        }
        List<String> unsettled;
        try (Source source = source()) {
            source.connect();
            feeder().put(numbered(10));
            List<Delivery> taken = take(source, 10);
            settle(source, taken.subList(0, 3), Settlement.Done.SILENT);
            unsettled = texts(messages(taken.subList(3, 10)));
        }
        try (Source source = source()) {
            source.connect();
            Set<String> seen = new HashSet<>(); // some of it may come twice: handed back, and its lease at an end
            while (seen.size() < unsettled.size()) {
                List<Delivery> again = take(source, 1);
                seen.addAll(texts(messages(again)));
                settle(source, again, Settlement.Done.SILENT);
            }
            assertThat(seen).containsExactlyInAnyOrderElementsOf(unsettled);
        }
    }

    @Test
    void a_lease_is_kept_while_its_message_is_in_hand() throws Exception {
        if (lacks(Promise.LEASED) || unfed()) {
            return;
        }
        try (Source source = source()) {
            source.connect();
            feeder().put(numbered(3));
            List<Delivery> taken = take(source, 3);
            long end = System.nanoTime() + feeder().lease().multipliedBy(3).toNanos();
            while (System.nanoTime() - end < 0) {
                assertThat(source.receive(ANY)).as("a second delivery").isEmpty();
            }
            assertThat(taken).allMatch(Delivery::live);
            settle(source, taken, Settlement.Done.SILENT);
            assertThat(taken).noneMatch(Delivery::live);
        }
        assertNothingComes();
    }

    @Test
    void a_restart_of_the_system_mid_stream_loses_nothing() throws Exception {
        if (faultless() || unfed()) {
            return;
        }
        streamThrough(() -> counterpart().faults().orElseThrow().restart());
    }

    @Test
    void a_cut_connection_is_made_anew() throws Exception {
        if (faultless() || unfed()) {
            return;
        }
        streamThrough(() -> counterpart().faults().orElseThrow().cut());
    }

    @Test
    void a_stalled_connection_goes_on() throws Exception {
        if (faultless() || unfed()) {
            return;
        }
        streamThrough(() -> {
            counterpart().faults().orElseThrow().stall();
            try (Source other = source()) {
                assertThatThrownBy(other::connect).isInstanceOf(TransientException.class);
            }
            counterpart().faults().orElseThrow().heal();
        });
    }

    /** A step that may throw. */
    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }

    /** Everything fed before and after {@code fault} arrives; a source that does not redeliver only owes what comes after. */
    private void streamThrough(Step fault) throws Exception {
        boolean redelivers = counterpart().adapter().promises(endpoint()).contains(Promise.REDELIVERS);
        Set<String> arrived = new HashSet<>();
        try (Source source = source()) {
            source.connect();
            feeder().put(numbered(200));
            if (!redelivers) {
                receiveInto(arrived, source, numbered(200).size());
            }
            fault.run();
            connect(source);
            if (!redelivers) {
                awaitProbe(source);
            }
            feeder().put(numbered(200, 400));
            receiveInto(arrived, source, 400);
        }
        assertThat(arrived).containsExactlyInAnyOrderElementsOf(texts(numbered(400)));
    }

    private static void connect(Source source) throws Exception {
        Await.until("the source connects again", () -> {
            source.connect();
            return true;
        });
    }

    /** What is sent before such a source has noticed the fault is gone: only from the first arrival on all must come. */
    private void awaitProbe(Source source) throws Exception {
        Await.until("a probe arrives", () -> {
            feeder().put(List.of(Message.of(Bytes.utf8(PROBE))));
            return !source.receive(ANY).isEmpty();
        });
    }

    private static void receiveInto(Set<String> arrived, Source source, int size) throws Exception {
        long end = System.nanoTime() + Await.PATIENCE.toNanos();
        while (arrived.size() < size && System.nanoTime() - end < 0) {
            try {
                List<Delivery> taken = source.receive(ANY);
                arrived.addAll(texts(messages(taken)));
                arrived.remove(PROBE);
                source.settle(taken.stream()
                        .map(d -> new Settled(d, Settlement.Done.SILENT))
                        .toList());
            } catch (TransientException e) {
                Thread.sleep(20);
            }
        }
        assertThat(arrived).hasSize(size);
    }
}
