package io.wasmpipes.adapter.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Adapter;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Endpoint.Role;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.RawKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions of a source and its sinks, step by step. */
@Timeout(180)
class KafkaExactlyOnceTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int BATCH = 5;

    private final KafkaNode node = KafkaNode.shared();
    private final Map<String, String> servers = new HashMap<>(Map.of("KAFKA_BROKERS", node.brokers()));
    private final String in = "once-in-" + NUMBER.incrementAndGet();
    private final String out = "once-out-" + NUMBER.get();
    private final Adapter adapter = new KafkaAdapter();
    private RawKafka raw;
    private Source source;
    private Sink sink;
    private Sink dead;

    @BeforeEach
    void open() throws Exception {
        raw = new RawKafka(node.direct());
        raw.create(in, 1);
        raw.create(out, 1);
        raw.create(out + "-dead", 1);
        openEnds(in);
    }

    private void openEnds(String topic) throws Exception {
        Endpoint from = KafkaTests.endpoint(
                Role.SOURCE, "kafka://g-" + in + "?offset=oldest&exactly_once=true&topic=" + topic, servers);
        Limits limits = new Limits(1000, 32L << 20, 8L << 20, BATCH, Duration.ofHours(1));
        Context context = new Context(in, limits, Path.of("."), InstantSource.system(), from);
        Adapter process = new KafkaAdapter();
        source = process.source(from, context);
        sink = process.sink(KafkaTests.endpoint(Role.SINK, "kafka://" + out, servers), context);
        dead = process.sink(KafkaTests.endpoint(Role.DEAD_LETTER, "kafka://" + out + "-dead", servers), context);
        Await.until("all are connected", () -> {
            sink.connect();
            dead.connect();
            source.connect();
            return true;
        });
    }

    @AfterEach
    void close() {
        sink.close();
        source.close();
        raw.close();
    }

    private List<Outcome> send(List<Delivery> deliveries) throws Exception {
        List<Message> messages = deliveries.stream().map(Delivery::message).toList();
        return sink.send(messages).await();
    }

    private static void release(List<Delivery> deliveries) {
        deliveries.forEach(Delivery::release);
    }

    private void through(List<Delivery> deliveries) throws Exception {
        assertThat(send(deliveries)).allMatch(Outcome.Confirmed.YES::equals);
        KafkaTests.done(source, deliveries);
        release(deliveries);
    }

    private List<String> arrived(int count) throws Exception {
        return raw.read(out, count).stream()
                .map(ConsumerRecord::value)
                .map(String::new)
                .toList();
    }

    @Test
    void what_is_sent_shows_when_all_of_the_batch_is_done_and_so_do_the_offsets() throws Exception {
        raw.write(KafkaTests.records(in, "k", 0, 12));
        List<Delivery> first = KafkaTests.take(source, 1);
        assertThat(KafkaTests.texts(first)).containsExactly("m0", "m1", "m2", "m3", "m4");
        assertThat(source.receive(KafkaTests.ANY)).as("one batch at a time").isEmpty();
        assertThat(send(first)).allMatch(Outcome.Confirmed.YES::equals);
        KafkaTests.done(source, first.subList(0, 4));
        assertThat(arrived(0)).isEmpty();
        assertThat(raw.committed("g-" + in, in, 0)).isEqualTo(-1);
        KafkaTests.done(source, first.subList(4, 5));
        release(first);
        assertThat(arrived(5)).hasSize(5);
        assertThat(raw.committed("g-" + in, in, 0)).isEqualTo(5);
        through(KafkaTests.take(source, 5));
        through(KafkaTests.take(source, 2));
        assertThat(arrived(12)).hasSize(12).doesNotHaveDuplicates();
    }

    @Test
    void a_retry_aborts_the_batch_and_nothing_of_it_shows() throws Exception {
        raw.write(KafkaTests.records(in, "k", 0, 5));
        List<Delivery> first = KafkaTests.take(source, 5);
        assertThat(send(first)).allMatch(Outcome.Confirmed.YES::equals);
        KafkaTests.done(source, first.subList(0, 3));
        KafkaTests.settle(source, first.subList(3, 4), KafkaTests.retry(Duration.ofMillis(300)));
        assertThat(first).noneMatch(Delivery::live);
        release(first);
        List<Delivery> second = KafkaTests.take(source, 5);
        assertThat(second.stream().map(Delivery::attempt)).containsExactly(1, 1, 1, 2, 1);
        through(second);
        assertThat(arrived(5)).containsExactly("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    void a_late_send_of_an_aborted_batch_slips_into_no_other() throws Exception {
        raw.write(KafkaTests.records(in, "k", 0, 5));
        List<Delivery> first = KafkaTests.take(source, 5);
        KafkaTests.settle(source, first.subList(0, 1), KafkaTests.retry(Duration.ZERO));
        long until = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        List<Delivery> early = new ArrayList<>();
        Await.until("a second passes", () -> {
            early.addAll(source.receive(KafkaTests.ANY));
            return System.nanoTime() - until > 0;
        });
        assertThat(early).as("a lane may still send for the first batch").isEmpty();
        assertThat(send(first.subList(1, 3)))
                .allMatch(outcome -> outcome instanceof Outcome.Failed(TransientException _));
        release(first);
        through(KafkaTests.take(source, 5));
        assertThat(arrived(5)).containsExactly("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    void a_dead_letter_is_part_of_the_transaction() throws Exception {
        raw.write(KafkaTests.records(in, "k", 0, 5));
        List<Delivery> first = KafkaTests.take(source, 5);
        bury(first.get(2));
        KafkaTests.settle(source, first.subList(3, 4), KafkaTests.retry(Duration.ZERO));
        release(first);
        List<Delivery> second = KafkaTests.take(source, 5);
        bury(second.get(2));
        List<Delivery> others = List.of(second.get(0), second.get(1), second.get(3), second.get(4));
        assertThat(send(others)).allMatch(Outcome.Confirmed.YES::equals);
        KafkaTests.done(source, second);
        release(second);
        assertThat(arrived(4)).containsExactly("m0", "m1", "m3", "m4");
        assertThat(raw.read(out + "-dead", 1)).hasSize(1);
    }

    private void bury(Delivery delivery) throws Exception {
        assertThat(dead.send(List.of(delivery.message())).await()).containsExactly(Outcome.Confirmed.YES);
    }

    @Test
    void what_the_broker_refuses_aborts_one_transaction_and_is_poison_in_the_next() throws Exception {
        servers.put("KAFKA_OPT_COMPRESSION_TYPE", "gzip"); // then only the broker knows what is too large
        byte[] noise = new byte[2_000_000];
        new Random(1).nextBytes(noise);
        raw.create(in + "-large", 1, Map.of("max.message.bytes", "4000000"));
        raw.write(List.of(new ProducerRecord<>(in + "-large", noise)));
        source.close();
        openEnds(in + "-large");
        List<Delivery> first = KafkaTests.take(source, 1);
        assertThat(send(first).getFirst()).isInstanceOf(Outcome.Failed.class);
        assertThat(first.getFirst().live()).isFalse();
        release(first);
        List<Delivery> second = KafkaTests.take(source, 1);
        assertThat(send(second))
                .singleElement()
                .isInstanceOfSatisfying(
                        Outcome.Failed.class, failed -> assertThat(failed.why()).isInstanceOf(PoisonException.class));
        KafkaTests.done(source, second);
        release(second);
        raw.write(List.of(new ProducerRecord<>(in + "-large", new byte[1])));
        through(KafkaTests.take(source, 1));
        assertThat(raw.read(out, 1)).hasSize(1);
    }

    @Test
    void what_is_open_at_the_end_is_aborted_and_comes_again() throws Exception {
        raw.write(KafkaTests.records(in, "k", 0, 5));
        List<Delivery> first = KafkaTests.take(source, 5);
        assertThat(send(first)).allMatch(Outcome.Confirmed.YES::equals);
        KafkaTests.done(source, first.subList(0, 4));
        sink.close();
        source.close();
        openEnds(in);
        through(KafkaTests.take(source, 5));
        assertThat(arrived(5)).containsExactly("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    void what_cannot_be_together_is_told() {
        Endpoint from = KafkaTests.endpoint(Role.SOURCE, "kafka://g?exactly_once=true&topic=t", servers);
        assertThat(adapter.promises(from)).contains(Promise.EXACTLY_ONCE);
        assertThat(adapter.together(
                        from,
                        List.of(
                                KafkaTests.endpoint(Role.SINK, "kafka://t", servers),
                                KafkaTests.endpoint(Role.SINK, "nats://t", servers),
                                KafkaTests.endpoint(
                                        Role.DEAD_LETTER, "kafka://d", Map.of("KAFKA_BROKERS", "elsewhere:9092")))))
                .hasSize(2)
                .anySatisfy(problem -> assertThat(problem.toString()).contains("must be kafka:", "nats://t"))
                .anySatisfy(problem -> assertThat(problem.toString()).contains("must be on the cluster", "kafka://d"));
        Endpoint plain = KafkaTests.endpoint(Role.SOURCE, "kafka://g?topic=t", servers);
        assertThat(adapter.promises(plain)).doesNotContain(Promise.EXACTLY_ONCE);
        assertThat(adapter.together(plain, List.of(KafkaTests.endpoint(Role.SINK, "nats://t", servers))))
                .isEmpty();
        Endpoint dirty = KafkaTests.endpoint(
                Role.SOURCE,
                "kafka://g?exactly_once=true&topic=t",
                Map.of("KAFKA_OPT_ISOLATION_LEVEL", "read_uncommitted"));
        assertThat(adapter.problems(dirty).toString()).contains("exactly_once", "read_committed");
    }
}
