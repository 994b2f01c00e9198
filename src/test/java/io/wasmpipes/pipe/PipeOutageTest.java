package io.wasmpipes.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Outcome;
import io.wasmpipes.Settlement;
import io.wasmpipes.support.Await;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a pipe does while an end is away, or fails single messages. */
class PipeOutageTest {
    @Test
    void an_outage_holds_the_message_and_asks_for_no_more_than_probes() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        Rig rig = new Rig().send("a");
        rig.sink.answer = message -> away.get() ? Rig.AWAY : Outcome.Confirmed.YES;
        try (rig) {
            rig.start();
            Await.until("told", () -> rig.pipe().status().outages().containsKey("sink"));
            int asked = rig.source.receives.get();
            Await.until("only probes ask", () -> rig.source.receives.get() > asked + 3);
            for (int i = 0; i < 50; i++) {
                rig.send("b" + i);
            }
            Await.until("tried for longer than any message's own failure", () -> rig.sink.offered.get() > 200);
            assertThat(rig.pipe().status().inFlightMessages()).isLessThanOrEqualTo(2);
            assertThat(rig.source.settlements).isEmpty();
            assertThat(rig.letters.confirmed).isEmpty();
            away.set(false);
            rig.untilDone("a", "b0", "b49");
            assertThat(rig.pipe().status().outages()).isEmpty();
        }
    }

    @Test
    void a_failure_of_its_own_is_retried_handed_back_and_after_the_last_delivery_buried() throws Exception {
        Rig rig = new Rig().send("bad", "good");
        rig.sink.answer = message -> message.body().utf8().equals("bad") ? Rig.NOT_NOW : Outcome.Confirmed.YES;
        try (rig) {
            rig.start().untilDone("bad", "good");
            assertThat(rig.source.of("bad")).hasSize(4);
            assertThat(rig.source.of("bad").subList(0, 3)).allMatch(s -> s instanceof Settlement.Retry);
            assertThat(rig.letters.bodies()).containsExactly("bad");
            assertThat(rig.letter(0)).contains("\"reason\":\"given up after 4 deliveries", "\"attempts\":4");
        }
    }

    @Test
    void on_the_last_delivery_of_its_broker_a_failing_message_is_buried_by_us() throws Exception {
        Rig rig = new Rig().send("bad");
        rig.source.lastAttempt = true;
        rig.sink.answer = message -> Rig.NOT_NOW;
        try (rig) {
            rig.start().untilDone("bad");
            assertThat(rig.source.of("bad")).hasSize(1);
            assertThat(rig.letters.bodies()).containsExactly("bad");
        }
    }

    @Test
    void a_sink_that_takes_others_is_not_away_when_it_fails_one() throws Exception {
        Rig rig = new Rig();
        rig.sink.answer = message -> message.body().utf8().equals("bad") ? Rig.AWAY : Outcome.Confirmed.YES;
        rig.workers = 2;
        try (rig) {
            rig.send("bad", "1", "2", "3").start();
            for (int i = 4; !rig.source.done("bad"); i++) {
                rig.send(String.valueOf(i));
                Thread.sleep(2);
                assertThat(i).isLessThan(5000);
            }
            assertThat(rig.letters.bodies()).containsExactly("bad");
        }
    }

    @Test
    void a_key_claimed_by_a_message_that_an_outage_holds_does_not_use_up_the_patience_of_another() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        Rig rig = new Rig()
                .module((message, scope) ->
                        scope.state().putIfAbsent("key", Bytes.EMPTY, null) ? List.of(message) : List.of())
                .send("a", "b");
        rig.workers = 2;
        rig.sink.answer = message -> away.get() ? Rig.AWAY : Outcome.Confirmed.YES;
        try (rig) {
            rig.start();
            Await.until("tried for long", () -> rig.sink.offered.get() > 100);
            away.set(false);
            rig.untilDone("a", "b");
            assertThat(rig.sink.confirmed).hasSize(1);
            assertThat(rig.letters.confirmed).isEmpty();
            assertThat(rig.source.of("a")).hasSize(1);
            assertThat(rig.source.of("b")).hasSize(1);
        }
    }

    @Test
    void an_outage_is_not_over_because_the_messages_it_held_have_lapsed() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        Rig rig = new Rig().send("a");
        rig.order = Order.SOURCE;
        rig.sink.answer = message -> away.get() ? Rig.AWAY : Outcome.Confirmed.YES;
        try (rig) {
            rig.start();
            Await.until("told", () -> rig.pipe().status().outages().containsKey("sink"));
            rig.source.live = false;
            Await.until("lapsed", () -> rig.pipe().status().inFlightMessages() == 0);
            assertThat(rig.pipe().status().outages()).containsKey("sink");
            rig.source.live = true;
            away.set(false);
            rig.send("b").untilDone("b");
            assertThat(rig.pipe().status().outages()).isEmpty();
        }
    }

    @Test
    void a_dead_letter_is_given_up_when_its_message_is_no_longer_ours() throws Exception {
        Rig rig = new Rig().send("bad");
        rig.sink.answer = message -> Rig.NEVER;
        rig.letters.answer = message -> Rig.AWAY;
        try (rig) {
            rig.start();
            Await.until("the letters are away", () -> rig.letters.offered.get() > 1);
            rig.source.live = false;
            Await.until("it is let go", () -> rig.pipe().status().inFlightMessages() == 0);
            assertThat(rig.source.of("bad")).isEmpty();
        }
    }
}
