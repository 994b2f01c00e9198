package io.wasmpipes.adapter.servicebus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.ServiceBusFake;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Locks, refusals and the service's dead letters, beyond what the contract asks of every adapter. */
@Timeout(180)
class ServiceBusFailureTest {
    private static final Duration LOCK = Duration.ofSeconds(2);

    private static ServiceBusFake fake;

    @BeforeAll
    static void start() {
        fake = ServiceBusFake.start();
    }

    @AfterAll
    static void stop() {
        fake.close();
    }

    private static List<Outcome> send(String queue, String... bodies) throws Exception {
        try (Sink sink = Buses.sink(fake.port(), "azuresb://" + queue)) {
            return sink.send(List.of(bodies).stream()
                            .map(body -> Message.of(Bytes.utf8(body)))
                            .toList())
                    .await();
        }
    }

    private static void outage(Throwable failure, String... words) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        TransientException.class, e -> assertThat(e.scope()).isEqualTo(TransientException.Scope.OUTAGE))
                .hasMessageContainingAll(words)
                .hasMessageNotContaining(ServiceBusCounterpart.KEY);
    }

    @Test
    void what_is_rejected_lies_among_the_dead_letters_with_its_reason() throws Exception {
        fake.queue("dead", LOCK);
        send("dead", "bad");
        try (Source source = Buses.source(fake.port(), "azuresb://dead")) {
            Delivery delivery = Buses.take(source, 1).getFirst();
            Buses.settle(source, delivery, new Settlement.Reject(new IllegalStateException("no such customer")));
        }
        assertThat(fake.dead("dead"))
                .singleElement()
                .satisfies(
                        message -> assertThat(message.getApplicationProperties().getValue())
                                .containsEntry("DeadLetterReason", "rejected by wasm-pipes")
                                .containsEntry("DeadLetterErrorDescription", "no such customer"));
    }

    @Test
    void a_missing_entity_is_told() throws Exception {
        try (Source source = Buses.source(fake.port(), "azuresb://nowhere");
                Sink sink = Buses.sink(fake.port(), "azuresb://nowhere")) {
            assertThatThrownBy(source::connect).satisfies(e -> outage(e, "nowhere", "is missing"));
            assertThatThrownBy(sink::connect).satisfies(e -> outage(e, "nowhere", "is missing"));
            fake.queue("nowhere", LOCK);
            sink.connect();
            source.connect();
        }
    }

    @Test
    void a_refused_login_is_told_and_its_end_is_seen() throws Exception {
        fake.queue("login", LOCK);
        fake.refuseTokens(true);
        try (Source source = Buses.source(fake.port(), "azuresb://login");
                Sink sink = Buses.sink(fake.port(), "azuresb://login")) {
            assertThatThrownBy(source::connect).satisfies(e -> outage(e, "refuses the login"));
            assertThatThrownBy(sink::connect).satisfies(e -> outage(e, "refuses the login"));
            fake.refuseTokens(false);
            sink.connect();
            source.connect();
        } finally {
            fake.refuseTokens(false);
        }
    }

    @Test
    void a_full_or_busy_or_disabled_entity_is_an_outage_that_says_so() throws Exception {
        fake.queue("full", LOCK);
        try {
            refused("amqp:resource-limit-exceeded", "is full");
            refused("com.microsoft:server-busy", "is busy");
            refused("com.microsoft:entity-disabled", "is disabled");
        } finally {
            fake.refuse(null);
        }
        assertThat(send("full", "a")).containsExactly(Outcome.Confirmed.YES);
    }

    private static void refused(String condition, String meaning) throws Exception {
        fake.refuse(condition);
        assertThat(send("full", "a", "b"))
                .hasSize(2)
                .allSatisfy(outcome -> assertThat(outcome)
                        .isInstanceOfSatisfying(Outcome.Failed.class, f -> outage(f.why(), meaning)));
    }

    @Test
    void after_a_failure_nothing_of_the_same_thread_overtakes() throws Exception {
        fake.queue("chain", LOCK);
        try (Sink sink = Buses.sink(fake.port(), "azuresb://chain")) {
            sink.connect();
            fake.refuse("com.microsoft:server-busy");
            Sink.Pending first = sink.send(List.of(Message.of(Bytes.utf8("1"))));
            Await.until("the first has failed", () -> first.await().getFirst() instanceof Outcome.Failed);
            fake.refuse(null);
            Sink.Pending again = sink.send(List.of(Message.of(Bytes.utf8("1"))));
            assertThat(again.await()).containsExactly(Outcome.Confirmed.YES);
            fake.refuse("com.microsoft:server-busy");
            Sink.Pending failing = sink.send(List.of(Message.of(Bytes.utf8("2"))));
            Sink.Pending behind = sink.send(List.of(Message.of(Bytes.utf8("3"))));
            assertThat(behind.await()).allMatch(o -> o instanceof Outcome.Failed);
            assertThat(failing.await()).allMatch(o -> o instanceof Outcome.Failed);
        } finally {
            fake.refuse(null);
        }
        assertThat(fake.sent("chain")).hasSize(1);
    }

    @Test
    void after_lease_max_a_delivery_is_dead_and_comes_again_with_its_count() throws Exception {
        fake.queue("max", LOCK);
        send("max", "x");
        try (Source source = Buses.source(fake.port(), "azuresb://max", Duration.ofMillis(500))) {
            Delivery first = Buses.take(source, 1).getFirst();
            assertThat(first.attempt()).isEqualTo(1);
            Await.until("it is dead", () -> !first.live());
            Delivery second = Buses.take(source, 1).getFirst();
            assertThat(second.attempt()).isEqualTo(2);
            Buses.settle(source, first, Settlement.Done.SILENT);
            assertThat(second.live()).isTrue();
        }
    }

    @Test
    void what_is_handed_back_keeps_its_lock_until_its_delay_is_over() throws Exception {
        fake.queue("delay", LOCK);
        send("delay", "x");
        try (Source source = Buses.source(fake.port(), "azuresb://delay")) {
            Delivery first = Buses.take(source, 1).getFirst();
            long start = System.nanoTime();
            Buses.settle(
                    source, first, new Settlement.Retry(Duration.ofMillis(2500), new IllegalStateException("again")));
            assertThat(first.live()).isFalse();
            Delivery second = Buses.take(source, 1).getFirst();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(2400));
            assertThat(second.attempt()).isEqualTo(2);
        }
    }

    @Test
    void what_was_received_before_a_cut_is_settled_after_it() throws Exception {
        fake.queue("cut", Duration.ofSeconds(10));
        send("cut", "a", "b", "c");
        FaultProxy proxy = FaultProxy.before(fake.port());
        try (Source source = Buses.source(proxy.port(), "azuresb://cut")) {
            List<Delivery> taken = Buses.take(source, 3);
            proxy.cut();
            Await.until("they are settled", () -> {
                for (Delivery each : taken) {
                    Buses.settle(source, each, Settlement.Done.SILENT);
                }
                return true;
            });
            Await.until("nothing is left", () -> fake.held("cut") == 0);
        } finally {
            proxy.close();
        }
    }

    @Test
    void no_more_is_locked_than_was_asked_for() throws Exception {
        fake.queue("few", Duration.ofSeconds(10));
        send("few", IntStream.range(0, 50).mapToObj(i -> "m" + i).toArray(String[]::new));
        try (Source source = Buses.source(fake.port(), "azuresb://few?max_recv_batch_size=5")) {
            List<Delivery> taken = Buses.take(source, 1);
            assertThat(taken).hasSizeLessThanOrEqualTo(5);
            assertThat(fake.locked("few")).isLessThanOrEqualTo(5);
        }
    }
}
