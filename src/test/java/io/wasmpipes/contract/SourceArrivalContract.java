package io.wasmpipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.PipeException;
import io.wasmpipes.Promise;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The clauses of sources: what arrives. Those about waiting, settling and faults follow in {@link SourceContract}. */
abstract class SourceArrivalContract extends AdapterContract {
    static final Demand ANY = new Demand(1000, 32L << 20, true, Duration.ofMillis(300));

    @Override
    Endpoint.Role role() {
        return Endpoint.Role.SOURCE;
    }

    @Override
    abstract Counterpart.ForSource open() throws Exception;

    Counterpart.ForSource feeder() {
        return (Counterpart.ForSource) counterpart();
    }

    final boolean unfed() {
        return without(feeder().feedsItself());
    }

    final Source source() throws PipeException {
        return counterpart().adapter().source(endpoint(), context());
    }

    /** Receives until there are {@code count}; an outage on the way is lived through, as a pipe does. */
    static List<Delivery> take(Source source, int count) throws InterruptedException {
        List<Delivery> taken = new ArrayList<>();
        long end = System.nanoTime() + Await.PATIENCE.toNanos();
        while (taken.size() < count && System.nanoTime() - end < 0) {
            try {
                taken.addAll(source.receive(ANY));
            } catch (TransientException e) {
                Thread.sleep(20);
            }
        }
        assertThat(taken).as("deliveries").hasSizeGreaterThanOrEqualTo(count);
        return taken;
    }

    static void settle(Source source, List<Delivery> deliveries, Settlement how)
            throws PipeException, InterruptedException {
        source.settle(deliveries.stream().map(d -> new Settled(d, how)).toList());
    }

    static List<Message> messages(List<Delivery> deliveries) {
        return deliveries.stream().map(Delivery::message).toList();
    }

    /** Connects, feeds, and takes what was fed. */
    private List<Message> carry(List<Message> messages) throws Exception {
        try (Source source = source()) {
            source.connect();
            feeder().put(messages);
            List<Delivery> taken = take(source, messages.size());
            settle(source, taken, Settlement.Done.SILENT);
            return messages(taken);
        }
    }

    @Test
    void bodies_arrive_byte_for_byte() throws Exception {
        if (!unfed()) {
            assertBodies(carry(awkwardBodies()), awkwardBodies(), Promise.ORDERED);
        }
    }

    @Test
    void an_absent_body_is_told_apart_from_an_empty_one() throws Exception {
        if (!lacks(Promise.NULL_BODY) && !unfed()) {
            List<Message> taken = carry(List.of(Message.of(Bytes.NULL), Message.of(Bytes.EMPTY)));
            assertThat(taken.get(0).body().isNull()).isTrue();
            assertThat(taken.get(1).body().isNull()).isFalse();
        }
    }

    @Test
    void a_body_of_one_mebibyte_or_the_systems_limit_arrives() throws Exception {
        if (!unfed()) {
            long largest = counterpart().largest();
            Message sent = ofSize(largest == 0 ? MIB : Math.min(MIB, largest));
            assertThat(carry(List.of(sent)).getFirst().body()).isEqualTo(sent.body());
        }
    }

    @Test
    void text_headers_arrive() throws Exception {
        if (!lacks(Promise.HEADERS) && !unfed()) {
            Message sent = Message.of(Bytes.utf8("x")).withHeaders(textHeaders());
            assertHeaders(carry(List.of(sent)).getFirst().headers(), textHeaders());
        }
    }

    @Test
    void headers_of_one_name_arrive_in_order() throws Exception {
        if (!lacks(Promise.REPEATED_HEADERS) && !unfed()) {
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
        if (!lacks(Promise.BINARY_HEADERS) && !unfed()) {
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
        if (!lacks(Promise.KEY) && !unfed()) {
            assertThat(carry(List.of(Message.of(Bytes.utf8("x")).withKey("k")))
                            .getFirst()
                            .key())
                    .isEqualTo("k");
        }
    }

    @Test
    void a_hundred_messages_arrive_in_order() throws Exception {
        if (!lacks(Promise.ORDERED) && !unfed()) {
            assertThat(texts(carry(numbered(100)))).isEqualTo(texts(numbered(100)));
        }
    }

    @Test
    void ids_are_distinct_and_named_after_the_source() throws Exception {
        if (!lacks(Promise.STABLE_IDS) && !unfed()) {
            List<Id> ids = carry(numbered(10)).stream().map(Message::id).toList();
            assertThat(ids).doesNotHaveDuplicates().noneMatch(Id::isNone);
        }
    }

    @Test
    void no_more_than_asked_for_is_delivered() throws Exception {
        if (unfed()) {
            return;
        }
        try (Source source = source()) {
            source.connect();
            feeder().put(List.of(ofSize(2000), ofSize(2000), ofSize(2000), ofSize(9000), ofSize(10)));
            assertThat(firstOf(source, new Demand(1, 1 << 20, false, Await.PATIENCE)))
                    .hasSize(1);
            assertThat(firstOf(source, new Demand(100, 5000, false, Await.PATIENCE)))
                    .hasSizeBetween(1, 2);
            Demand small = new Demand(100, 3000, false, Duration.ofMillis(200));
            List<Delivery> left = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                left.addAll(source.receive(small));
            }
            assertThat(left).allMatch(d -> d.message().body().length() == 2000);
            Demand alone = new Demand(100, 3000, true, Await.PATIENCE);
            List<Delivery> oversize = firstOf(source, alone);
            assertThat(oversize).singleElement().matches(d -> d.message().body().length() == 9000);
            assertThat(firstOf(source, alone))
                    .singleElement()
                    .matches(d -> d.message().body().length() == 10);
        }
    }

    private static List<Delivery> firstOf(Source source, Demand demand) throws Exception {
        long end = System.nanoTime() + Await.PATIENCE.toNanos();
        List<Delivery> taken = source.receive(demand);
        while (taken.isEmpty() && System.nanoTime() - end < 0) {
            taken = source.receive(demand);
        }
        return taken;
    }
}
