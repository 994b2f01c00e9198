package io.wasmpipes.pipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Modules that are replaced while the pipe runs. */
class ReloadTest {
    private static Rig.Script mark(String mark) {
        return (message, scope) ->
                List.of(message.withBody(Bytes.utf8(message.body().utf8() + mark)));
    }

    @Test
    void the_next_message_meets_the_new_module() throws Exception {
        Rig rig = new Rig().module(mark("-old")).send("a");
        try (rig) {
            rig.start().untilDone("a");
            rig.pipe().replace(List.of(Rig.factory("new", mark("-new"))));
            rig.send("b").untilDone("b");
            assertThat(rig.sink.bodies()).containsExactly("a-old", "b-new");
        }
    }

    @Test
    void what_is_retried_ends_with_the_module_it_began_with() throws Exception {
        AtomicBoolean ready = new AtomicBoolean();
        AtomicInteger tries = new AtomicInteger();
        Rig.Script old = (message, scope) -> {
            tries.incrementAndGet();
            if (!ready.get()) {
                throw TransientException.message("not now");
            }
            return mark("-old").apply(message, scope);
        };
        Rig rig = new Rig().module(old).send("a");
        rig.order = Order.SOURCE;
        rig.retry = new Retry(Retry.DEFAULT.initialInterval(), Retry.DEFAULT.initialInterval(), rig.drain, 4);
        try (rig) {
            rig.start();
            Await.until("it is tried", () -> tries.get() > 0);
            rig.pipe().replace(List.of(Rig.factory("new", mark("-new"))));
            int before = tries.get();
            Await.until("the old one is tried again", () -> tries.get() > before);
            ready.set(true);
            rig.send("b").untilDone("a", "b");
            assertThat(rig.sink.bodies()).containsExactly("a-old", "b-new");
        }
    }

    @Test
    void every_worker_goes_over_while_messages_flow_and_none_is_lost() throws Exception {
        Rig rig = new Rig().module(mark("-0"));
        rig.workers = 4;
        List<String> bodies = new ArrayList<>();
        try (rig) {
            rig.start();
            for (int i = 0; i < 400; i++) {
                bodies.add("m" + i);
                rig.send("m" + i);
                if (i % 40 == 39) {
                    rig.pipe().replace(List.of(Rig.factory("v" + i, mark("-" + i))));
                }
            }
            rig.untilDone(bodies.toArray(new String[0]));
            Await.until("all four are over", () -> {
                rig.sink.confirmed.clear();
                rig.send("x1", "x2", "x3", "x4");
                Await.until("they come", () -> rig.sink.bodies().size() >= 4);
                return rig.sink.bodies().stream().allMatch(body -> body.endsWith("-399"));
            });
            assertThat(bodies).allMatch(body -> rig.source.of(body).size() == 1);
        }
    }

    @Test
    void a_module_that_does_not_open_leaves_the_old_one() throws Exception {
        Stage.Factory broken = new Stage.Factory() {
            @Override
            public String name() {
                return "script";
            }

            @Override
            public String digest() {
                return "sha256:broken";
            }

            @Override
            public Stage open() throws ConfigException {
                throw new ConfigException("module script", "", "must start", "on_start refuses");
            }
        };
        Rig rig = new Rig().module(mark("-old"));
        try (rig) {
            rig.start().send("x").untilDone("x");
            assertThatThrownBy(() -> rig.pipe().replace(List.of(broken))).isInstanceOf(ConfigException.class);
            rig.send("a").untilDone("a");
            assertThat(rig.sink.bodies()).containsExactly("x-old", "a-old");
        }
    }

    @Test
    void a_module_that_opens_once_only_leaves_the_old_one_in_its_worker() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        Stage.Factory once = new Stage.Factory() {
            @Override
            public String name() {
                return "script";
            }

            @Override
            public String digest() {
                return "sha256:once";
            }

            @Override
            public Stage open() throws ConfigException {
                if (opened.getAndIncrement() > 0) {
                    throw new ConfigException("module script", "", "must start", "there is no room for another");
                }
                return Rig.factory("once", mark("-once")).open();
            }
        };
        Rig rig = new Rig().module(mark("-old"));
        try (rig) {
            rig.start().send("x").untilDone("x");
            rig.pipe().replace(List.of(once));
            Await.until("the worker has tried", () -> opened.get() == 2);
            rig.send("a", "b").untilDone("a", "b");
            assertThat(rig.sink.bodies()).containsExactly("x-old", "a-old", "b-old");
            assertThat(opened).hasValue(2);
        }
    }

    @Test
    void a_dead_letter_names_the_code_that_refused() throws Exception {
        Rig.Script refusing = (message, scope) -> {
            throw new PoisonException("script", "no", null);
        };
        Rig rig = new Rig().module(refusing).send("a");
        try (rig) {
            rig.start().untilDone("a");
            rig.pipe().replace(List.of(Rig.factory("new", refusing)));
            rig.send("b").untilDone("b");
            assertThat(rig.letters.confirmed.stream()
                            .map(letter ->
                                    letter.headers().first(DeadLetter.HEADER).orElseThrow()))
                    .satisfiesExactly(
                            first -> assertThat(first).contains("\"digest\":\"sha256:script\""),
                            second -> assertThat(second).contains("\"digest\":\"sha256:new\""));
        }
    }
}
