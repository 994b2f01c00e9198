package io.wasmpipes.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Promise;
import io.wasmpipes.Settlement;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a pipe does with one message, whatever happens to it. */
class PipeTest {
    private static final Outcome AWAY = new Outcome.Failed(TransientException.outage("nobody home"));
    private static final Outcome NOT_NOW = new Outcome.Failed(TransientException.message("not this one, not now"));
    private static final Outcome NEVER = new Outcome.Failed(new PoisonException("too large for me"));

    @Test
    void a_message_is_settled_after_its_sink_has_confirmed() throws Exception {
        CountDownLatch confirm = new CountDownLatch(1);
        Rig rig = new Rig().send("a");
        rig.sink.answer = message -> {
            try {
                confirm.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Outcome.Confirmed.YES;
        };
        try (rig) {
            rig.start();
            Await.until("offered", () -> rig.sink.offered.get() == 1);
            assertThat(rig.source.of("a")).isEmpty();
            confirm.countDown();
            rig.untilDone("a");
            assertThat(rig.stop()).isEqualTo(Pipe.Exit.CLEAN);
        }
    }

    @Test
    void modules_filter_map_and_split() throws Exception {
        try (Rig rig = new Rig()
                .module((message, scope) -> switch (message.body().utf8()) {
                    case "drop" -> List.of();
                    case "two" -> List.of(message.withBody(Bytes.utf8("two-1")), message.withBody(Bytes.utf8("two-2")));
                    default -> List.of(message);
                })
                .module((message, scope) ->
                        List.of(message.withBody(Bytes.utf8(message.body().utf8() + "!"))))
                .send("drop", "one", "two")
                .start()) {
            rig.untilDone("drop", "one", "two");
            assertThat(rig.sink.bodies()).containsExactly("one!", "two-1!", "two-2!");
            assertThat(rig.sink.confirmed.stream().map(Message::id).distinct()).hasSize(3);
        }
    }

    @Test
    void ids_of_outputs_are_the_same_at_every_delivery() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        Rig rig = new Rig().send("a");
        rig.sink.answer = message -> first.getAndSet(false) ? NOT_NOW : Outcome.Confirmed.YES;
        try (rig) {
            rig.start().untilDone("a");
            assertThat(rig.sink.confirmed.getFirst().id())
                    .isEqualTo(Rig.message("a").id().derive("rig", "", 0, ""));
        }
    }

    @Test
    void an_outage_holds_the_message_and_asks_for_no_more_than_probes() throws Exception {
        AtomicBoolean away = new AtomicBoolean(true);
        Rig rig = new Rig().send("a");
        rig.sink.answer = message -> away.get() ? AWAY : Outcome.Confirmed.YES;
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
        rig.sink.answer = message -> message.body().utf8().equals("bad") ? NOT_NOW : Outcome.Confirmed.YES;
        try (rig) {
            rig.start().untilDone("bad", "good");
            assertThat(rig.source.of("bad")).hasSize(4);
            assertThat(rig.source.of("bad").subList(0, 3)).allMatch(s -> s instanceof Settlement.Retry);
            assertThat(rig.letters.bodies()).containsExactly("bad");
            assertThat(letter(rig, 0)).contains("\"reason\":\"given up after 4 deliveries", "\"attempts\":4");
        }
    }

    @Test
    void on_the_last_delivery_of_its_broker_a_failing_message_is_buried_by_us() throws Exception {
        Rig rig = new Rig().send("bad");
        rig.source.lastAttempt = true;
        rig.sink.answer = message -> NOT_NOW;
        try (rig) {
            rig.start().untilDone("bad");
            assertThat(rig.source.of("bad")).hasSize(1);
            assertThat(rig.letters.bodies()).containsExactly("bad");
        }
    }

    @Test
    void a_sink_that_takes_others_is_not_away_when_it_fails_one() throws Exception {
        Rig rig = new Rig();
        rig.sink.answer = message -> message.body().utf8().equals("bad") ? AWAY : Outcome.Confirmed.YES;
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
        rig.sink.answer = message -> away.get() ? AWAY : Outcome.Confirmed.YES;
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
        rig.sink.answer = message -> away.get() ? AWAY : Outcome.Confirmed.YES;
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
            assertThat(letter(rig, 0))
                    .contains(
                            "\"reason\":\"not \\\"JSON\\\" at byte 0\"",
                            "\"stage\":\"script\"",
                            "\"digest\":\"sha256:script\"")
                    .contains("\"source\":\"queue:\"", "\"id\":\"id-bad\"", "\"attempts\":1");
        }
    }

    private static String letter(Rig rig, int index) {
        return rig.letters.confirmed.get(index).headers().first("wasmpipes").orElseThrow();
    }

    @Test
    void a_poisoned_output_is_buried_as_that_output_while_its_siblings_stand() throws Exception {
        Rig rig = new Rig()
                .module((message, scope) ->
                        List.of(message.withBody(Bytes.utf8("x")), message.withBody(Bytes.utf8("large"))))
                .send("a");
        rig.sink.answer = message -> message.body().utf8().equals("large") ? NEVER : Outcome.Confirmed.YES;
        try (rig) {
            rig.start().untilDone("a");
            assertThat(rig.sink.bodies()).containsExactly("x");
            assertThat(rig.letters.bodies()).containsExactly("large");
        }
    }

    @Test
    void labelled_outputs_go_to_their_sink_and_unknown_labels_are_poison() throws Exception {
        Rig rig = new Rig()
                .module((message, scope) ->
                        List.of(message.withLabel(message.body().utf8())))
                .send("hot", "warm");
        Rig.ScriptedSink hot = new Rig.ScriptedSink();
        rig.labelled.put("hot", Rig.outlet("sink:hot", hot));
        try (rig) {
            rig.start().untilDone("hot", "warm");
            assertThat(hot.bodies()).containsExactly("hot");
            assertThat(rig.letters.bodies()).containsExactly("warm");
            assertThat(letter(rig, 0)).contains("no sink has the label warm; known: [hot]");
        }
    }

    @Test
    void without_dead_letters_poison_is_rejected_at_the_source() throws Exception {
        Rig rig = new Rig().send("large");
        rig.deadLetters = false;
        rig.sink.answer = message -> NEVER;
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
        rig.sink.answer = message -> NEVER;
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
        rig.sink.answer = message -> message.body().utf8().equals("large") ? NEVER : Outcome.Confirmed.YES;
        try (rig) {
            rig.start().untilDone("large", "b");
        }
    }

    @Test
    void a_dead_letter_is_given_up_when_its_message_is_no_longer_ours() throws Exception {
        Rig rig = new Rig().send("bad");
        rig.sink.answer = message -> NEVER;
        rig.letters.answer = message -> AWAY;
        try (rig) {
            rig.start();
            Await.until("the letters are away", () -> rig.letters.offered.get() > 1);
            rig.source.live = false;
            Await.until("it is let go", () -> rig.pipe().status().inFlightMessages() == 0);
            assertThat(rig.source.of("bad")).isEmpty();
        }
    }

    @Test
    void a_letter_too_large_for_its_sink_is_sent_again_truncated() throws Exception {
        Rig rig = new Rig().send("0123456789");
        rig.sink.answer = message -> NEVER;
        rig.letters.answer = message -> message.body().length() > 5 ? NEVER : Outcome.Confirmed.YES;
        try (rig) {
            rig.start().untilDone("0123456789");
            assertThat(rig.letters.bodies()).containsExactly("01234");
            assertThat(letter(rig, 0)).contains("\"truncated_from\":10");
        }
    }

    @Test
    void too_many_dead_letters_stop_the_asking() throws Exception {
        Rig rig = new Rig();
        rig.limit = new Plan.DeadLetterLimit(3, 100);
        rig.sink.answer = message -> NEVER;
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
            assertThat(letter(rig, 0)).contains("the body has 3001 bytes, MAX_MESSAGE_BYTES allows 3000");
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
            assertThat(letter(rig, 0)).contains("delivered 5 times, MAX_DELIVERIES is 4");
        }
    }

    @Test
    void secrets_and_identifying_headers_are_not_inherited() throws Exception {
        Message message = Rig.message("a")
                .withHeaders(Headers.of(List.of(
                        Header.of("Authorization", "secret"),
                        Header.of("Nats-Msg-Id", "1"),
                        Header.of("DeduplicationId", "2"),
                        Header.of("wasmpipes-hops", "3"),
                        Header.of("Content-Type", "text/plain"))));
        Rig rig = new Rig();
        rig.source.add(message);
        try (rig) {
            rig.start().untilDone("a");
            assertThat(rig.sink.confirmed.getFirst().headers())
                    .isEqualTo(Headers.EMPTY.with("Content-Type", "text/plain"));
        }
    }

    @Test
    void replies_go_back_with_the_settlement() throws Exception {
        Rig rig = new Rig()
                .module((message, scope) -> List.of(message.withBody(Bytes.utf8("pong"))))
                .send("ping");
        rig.replies = true;
        try (rig) {
            rig.start().untilDone("ping");
            assertThat(rig.source.of("ping").getFirst())
                    .isInstanceOfSatisfying(
                            Settlement.Done.class,
                            done -> assertThat(done.reply().getFirst().body().utf8())
                                    .isEqualTo("pong"));
        }
    }

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
        rig.sink.answer = message -> AWAY;
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
        rig.sink.answer = message -> AWAY;
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
        rig.sink.answer = message -> away.get() ? AWAY : Outcome.Confirmed.YES;
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
