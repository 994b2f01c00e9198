package io.wasmpipes.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Outcome;
import io.wasmpipes.Promise;
import io.wasmpipes.Settlement;
import io.wasmpipes.support.Await;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How a pipe ends: exhausted, stopped, or by a bug. */
class PipeEndTest {
    @Test
    void an_exhausted_source_ends_the_pipe() throws Exception {
        Rig rig = new Rig().send("a", "b");
        rig.source.ended = true;
        try (rig) {
            assertThat(rig.start().exit()).isEqualTo(Pipe.Exit.CLEAN);
            assertThat(rig.sink.bodies()).containsExactly("a", "b");
        }
    }

    @Test
    void stopping_in_an_outage_hands_everything_back_at_once() throws Exception {
        Rig rig = new Rig().send("a", "b", "c");
        rig.sink.answer = message -> Rig.AWAY;
        try (rig) {
            rig.start();
            Await.until("away", () -> rig.pipe().status().outages().containsKey("sink"));
            assertThat(rig.stop()).isEqualTo(Pipe.Exit.CLEAN);
            for (String body : List.of("a", "b", "c")) {
                assertThat(rig.source.of(body)).noneMatch(s -> s instanceof Settlement.Done);
            }
            assertThat(rig.source.of("a")).singleElement().isInstanceOf(Settlement.Retry.class);
        }
    }

    @Test
    void nothing_is_handed_back_while_the_source_is_still_asked() throws Exception {
        Rig rig = new Rig().send("a");
        rig.sink.answer = message -> Rig.AWAY;
        rig.source.beforeReceive = () -> {
            long end = System.nanoTime() + 200_000_000; // a client that an interrupt does not reach
            while (rig.source.receives.get() > 1 && System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            var _ = Thread.interrupted();
        };
        try (rig) {
            rig.start();
            Await.until("asked again", () -> rig.source.receives.get() > 1);
            assertThat(rig.stop()).isEqualTo(Pipe.Exit.CLEAN);
            assertThat(rig.source.of("a")).singleElement().isInstanceOf(Settlement.Retry.class);
        }
    }

    @Test
    void a_source_that_takes_nothing_back_is_drained_until_the_time_is_up() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        Rig rig = new Rig().send("a");
        rig.promises.remove(Promise.REDELIVERS);
        rig.sink.answer = message -> away.get() ? Rig.AWAY : Outcome.Confirmed.YES;
        try (rig) {
            rig.start();
            Await.until("away", () -> rig.pipe().status().outages().containsKey("sink"));
            rig.pipe().stop();
            int offered = rig.sink.offered.get();
            Await.until("tried while draining", () -> rig.sink.offered.get() > offered + 1);
            away.set(false);
            assertThat(rig.exit()).isEqualTo(Pipe.Exit.CLEAN);
            assertThat(rig.source.done("a")).isTrue();
        }
    }

    @Test
    void a_bug_stops_the_pipe_and_hands_back_what_was_in_hand() throws Exception {
        Rig rig = new Rig()
                .module((message, scope) -> {
                    throw new IllegalStateException("a bug of the test's making");
                })
                .send("a");
        try (rig) {
            assertThat(rig.start().exit()).isEqualTo(Pipe.Exit.FAILED);
            assertThat(rig.source.of("a")).singleElement().isInstanceOf(Settlement.Retry.class);
        }
    }
}
