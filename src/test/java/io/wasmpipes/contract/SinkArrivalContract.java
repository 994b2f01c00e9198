package io.wasmpipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The clauses of sinks: what arrives. Those about threads, ends and faults follow in {@link SinkContract}. */
abstract class SinkArrivalContract extends AdapterContract {
    @Override
    Endpoint.Role role() {
        return Endpoint.Role.SINK;
    }

    @Override
    abstract Counterpart.ForSink open() throws Exception;

    final Counterpart.ForSink reader() {
        return (Counterpart.ForSink) counterpart();
    }

    final boolean unseen() {
        return without(reader().invisible());
    }

    final Sink sink() throws PipeException {
        return counterpart().adapter().sink(endpoint(), context());
    }

    static void assertConfirmed(List<Outcome> outcomes, int count) {
        assertThat(outcomes).hasSize(count).allMatch(o -> o instanceof Outcome.Confirmed);
    }

    /** Sends as one batch and gives back what the system's own client sees. */
    private List<Message> carry(List<Message> messages) throws Exception {
        try (Sink sink = sink()) {
            sink.connect();
            assertConfirmed(sink.send(messages).await(), messages.size());
            return reader().arrived(messages.size());
        }
    }

    @Test
    void bodies_arrive_byte_for_byte() throws Exception {
        if (!unseen()) {
            assertBodies(carry(awkwardBodies()), awkwardBodies(), Promise.SENDS_IN_ORDER);
        }
    }

    @Test
    void an_absent_body_is_told_apart_from_an_empty_one() throws Exception {
        if (!lacks(Promise.NULL_BODY) && !unseen()) {
            List<Message> arrived = carry(List.of(Message.of(Bytes.NULL), Message.of(Bytes.EMPTY)));
            assertThat(arrived.get(0).body().isNull()).isTrue();
            assertThat(arrived.get(1).body().isNull()).isFalse();
        }
    }

    @Test
    void a_body_of_one_mebibyte_or_the_systems_limit_arrives() throws Exception {
        if (!unseen()) {
            long largest = counterpart().largest();
            Message sent = ofSize(largest == 0 ? MIB : Math.min(MIB, largest));
            assertThat(carry(List.of(sent)).getFirst().body()).isEqualTo(sent.body());
        }
    }

    @Test
    void one_byte_above_the_limit_is_poison_with_both_numbers_and_the_others_pass() throws Exception {
        long largest = counterpart().largest();
        if (without(largest == 0, "it takes bodies of any size")) {
            return;
        }
        try (Sink sink = sink()) {
            sink.connect();
            List<Message> batch =
                    List.of(Message.of(Bytes.utf8("a")), ofSize(largest + 1), Message.of(Bytes.utf8("b")));
            List<Outcome> outcomes = sink.send(batch).await();
            assertThat(outcomes.get(0)).isInstanceOf(Outcome.Confirmed.class);
            assertThat(outcomes.get(2)).isInstanceOf(Outcome.Confirmed.class);
            assertThat(outcomes.get(1))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.why())
                                    .isInstanceOf(PoisonException.class)
                                    .hasMessageContaining(Long.toString(largest + 1))
                                    .hasMessageContaining(Long.toString(largest)));
            assertBodies(reader().arrived(2), List.of(batch.getFirst(), batch.getLast()), Promise.SENDS_IN_ORDER);
        }
    }

    @Test
    void text_headers_arrive() throws Exception {
        if (!lacks(Promise.HEADERS) && !unseen()) {
            Message sent = Message.of(Bytes.utf8("x")).withHeaders(textHeaders());
            assertHeaders(carry(List.of(sent)).getFirst().headers(), textHeaders());
        }
    }

    @Test
    void headers_of_one_name_arrive_in_order() throws Exception {
        if (!lacks(Promise.REPEATED_HEADERS) && !unseen()) {
            Headers twice = Headers.of(List.of(Header.of("x", "2"), Header.of("x", "1"), Header.of("x", "2")));
            assertHeaders(
                    carry(List.of(Message.of(Bytes.utf8("x")).withHeaders(twice)))
                            .getFirst()
                            .headers(),
                    twice);
        }
    }

    @Test
    void binary_headers_arrive() throws Exception {
        if (!lacks(Promise.BINARY_HEADERS) && !unseen()) {
            Headers binary =
                    Headers.of(List.of(Header.of("x", Bytes.wrap(new byte[] {0, (byte) 0xff, 10, (byte) 0xc3}))));
            assertHeaders(
                    carry(List.of(Message.of(Bytes.utf8("x")).withHeaders(binary)))
                            .getFirst()
                            .headers(),
                    binary);
        }
    }

    @Test
    void the_key_arrives() throws Exception {
        if (!lacks(Promise.KEY) && !unseen()) {
            assertThat(carry(List.of(Message.of(Bytes.utf8("x")).withKey("k")))
                            .getFirst()
                            .key())
                    .isEqualTo("k");
        }
    }

    @Test
    void batches_under_way_together_arrive_in_order() throws Exception {
        if (lacks(Promise.SENDS_IN_ORDER) || unseen()) {
            return;
        }
        try (Sink sink = sink()) {
            List<Sink.Pending> pending = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                pending.add(sink.send(numbered(i * 20, i * 20 + 20)));
            }
            for (Sink.Pending batch : pending) {
                assertConfirmed(batch.await(), 20);
            }
            assertThat(texts(reader().arrived(100))).isEqualTo(texts(numbered(100)));
        }
    }

    @Test
    void a_second_message_of_one_id_is_dropped() throws Exception {
        if (!lacks(Promise.DEDUPLICATES) && !unseen()) {
            Message one = Message.of(Bytes.utf8("one")).withId(new Id("id-1"));
            Message two = Message.of(Bytes.utf8("two")).withId(new Id("id-2"));
            try (Sink sink = sink()) {
                assertConfirmed(sink.send(List.of(one)).await(), 1);
                assertConfirmed(sink.send(List.of(one, two)).await(), 2);
                assertThat(texts(reader().arrived(2))).containsExactly("one", "two");
            }
        }
    }
}
