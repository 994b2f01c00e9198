package io.wasmpipes.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Settlement;
import io.wasmpipes.support.Await;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a pipe does with one message, whatever happens to it. */
class PipeTest {
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
        rig.sink.answer = message -> first.getAndSet(false) ? Rig.NOT_NOW : Outcome.Confirmed.YES;
        try (rig) {
            rig.start().untilDone("a");
            assertThat(rig.sink.confirmed.getFirst().id())
                    .isEqualTo(Rig.message("a").id().derive("rig", "", 0, ""));
        }
    }

    @Test
    void labelled_outputs_go_to_their_sink_and_unknown_labels_are_poison() throws Exception {
        Rig rig = new Rig()
                .module((message, scope) ->
                        List.of(message.withLabel(message.body().utf8())))
                .send("hot", "warm");
        ScriptedSink hot = new ScriptedSink();
        rig.labelled.put("hot", Rig.outlet("sink:hot", hot));
        try (rig) {
            rig.start().untilDone("hot", "warm");
            assertThat(hot.bodies()).containsExactly("hot");
            assertThat(rig.letters.bodies()).containsExactly("warm");
            assertThat(rig.letter(0)).contains("no sink has the label warm; known: [hot]");
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
}
