package io.wasmpipes.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Limits;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Promise;
import io.wasmpipes.Settlement;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Where messages go that can never be sent. */
class PipePoisonTest {
    @Test
    void poison_is_buried_alone_with_its_reason() throws Exception {
        try (Rig rig = new Rig()
                .module((message, scope) -> {
                    if (message.body().utf8().equals("bad")) {
                        throw new PoisonException("script", "not \"JSON\" at byte 0", null);
                    }
                    return List.of(message);
                })
                .send("a", "bad", "c")
                .start()) {
            rig.untilDone("a", "bad", "c");
            assertThat(rig.sink.bodies()).containsExactlyInAnyOrder("a", "c");
            assertThat(rig.letters.bodies()).containsExactly("bad");
            assertThat(rig.letter(0))
                    .contains(
                            "\"reason\":\"not \\\"JSON\\\" at byte 0\"",
                            "\"stage\":\"script\"",
                            "\"digest\":\"sha256:script\"")
                    .contains("\"source\":\"queue:\"", "\"id\":\"id-bad\"", "\"attempts\":1");
        }
    }

    @Test
    void a_poisoned_output_is_buried_as_that_output_while_its_siblings_stand() throws Exception {
        Rig rig = new Rig()
                .module((message, scope) ->
                        List.of(message.withBody(Bytes.utf8("x")), message.withBody(Bytes.utf8("large"))))
                .send("a");
        rig.sink.answer = message -> message.body().utf8().equals("large") ? Rig.NEVER : Outcome.Confirmed.YES;
        try (rig) {
            rig.start().untilDone("a");
            assertThat(rig.sink.bodies()).containsExactly("x");
            assertThat(rig.letters.bodies()).containsExactly("large");
        }
    }

    @Test
    void without_dead_letters_poison_is_rejected_at_the_source() throws Exception {
        Rig rig = new Rig().send("large");
        rig.deadLetters = false;
        rig.sink.answer = message -> Rig.NEVER;
        try (rig) {
            rig.start();
            Await.until("rejected", () -> rig.source.of("large").size() == 1);
            assertThat(rig.source.of("large").getFirst()).isInstanceOf(Settlement.Reject.class);
        }
    }

    @Test
    void poison_with_nowhere_to_go_stops_the_pipe_and_is_handed_back() throws Exception {
        Rig rig = new Rig().send("large");
        rig.deadLetters = false;
        rig.promises.remove(Promise.REJECTS);
        rig.sink.answer = message -> Rig.NEVER;
        try (rig) {
            assertThat(rig.start().exit()).isEqualTo(Pipe.Exit.FAILED);
            assertThat(rig.source.of("large"))
                    .allMatch(s -> s instanceof Settlement.Retry)
                    .isNotEmpty();
        }
    }

    @Test
    void poison_with_nowhere_to_go_is_skipped_when_that_was_asked_for() throws Exception {
        Rig rig = new Rig().send("large", "b");
        rig.deadLetters = false;
        rig.skipRejected = true;
        rig.promises.remove(Promise.REJECTS);
        rig.sink.answer = message -> message.body().utf8().equals("large") ? Rig.NEVER : Outcome.Confirmed.YES;
        try (rig) {
            rig.start().untilDone("large", "b");
        }
    }

    @Test
    void a_letter_too_large_for_its_sink_is_sent_again_truncated() throws Exception {
        Rig rig = new Rig().send("0123456789");
        rig.sink.answer = message -> Rig.NEVER;
        rig.letters.answer = message -> message.body().length() > 5 ? Rig.NEVER : Outcome.Confirmed.YES;
        try (rig) {
            rig.start().untilDone("0123456789");
            assertThat(rig.letters.bodies()).containsExactly("01234");
            assertThat(rig.letter(0)).contains("\"truncated_from\":10");
        }
    }

    @Test
    void too_many_dead_letters_stop_the_asking() throws Exception {
        Rig rig = new Rig();
        rig.limit = new Plan.DeadLetterLimit(3, 100);
        rig.sink.answer = message -> Rig.NEVER;
        try (rig) {
            rig.start().send("1", "2", "3", "4").untilDone("1", "2", "3", "4");
            Await.until("told", () -> rig.pipe().status().outages().containsKey(DeadLetterGauge.END));
            int asked;
            do { // a call that was under way when the limit was passed comes to its end
                asked = rig.source.receives.get();
                Thread.sleep(500);
            } while (rig.source.receives.get() != asked && asked < 1000);
            rig.send("5");
            Thread.sleep(300); // a source that is asked is asked every 20 ms
            assertThat(rig.source.receives.get()).isEqualTo(asked);
            assertThat(rig.letters.bodies()).containsExactlyInAnyOrder("1", "2", "3", "4");
        }
    }

    @Test
    void a_body_above_the_limit_is_poison_and_one_above_the_whole_budget_passes_alone() throws Exception {
        Rig rig = new Rig();
        rig.limits = new Limits(10, 1000, 3000, 10, Duration.ofMinutes(1));
        String twice = "x".repeat(2000);
        String above = "y".repeat(3001);
        try (rig) {
            rig.send("a", twice, above, "b").start().untilDone("a", twice, above, "b");
            assertThat(rig.sink.bodies()).containsExactlyInAnyOrder("a", twice, "b");
            assertThat(rig.letter(0)).contains("the body has 3001 bytes, MAX_MESSAGE_BYTES allows 3000");
        }
    }

    @Test
    void a_message_delivered_too_often_is_buried_before_it_runs() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        Rig rig = new Rig().module((message, scope) -> {
            ran.incrementAndGet();
            return List.of(message);
        });
        rig.source.add(Rig.message("a"), 5);
        try (rig) {
            rig.start().untilDone("a");
            assertThat(ran).hasValue(0);
            assertThat(rig.letters.bodies()).containsExactly("a");
            assertThat(rig.letter(0)).contains("delivered 5 times, MAX_DELIVERIES is 4");
        }
    }
}
