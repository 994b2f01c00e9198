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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Clauses about restarts of the system and faults of the network. */
abstract class SourceFaultContract extends SourceWaitContract {
    private static final String PROBE = "probe";

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
