package io.wasmpipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Delivery;
import io.wasmpipes.Promise;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** All clauses of sources; here those about settling and leases. */
public abstract class SourceContract extends SourceFaultContract {
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
}
