package io.wasmpipes.adapter.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wasmpipes.Delivery;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What a source commits and hands back. */
class KafkaSourceTest extends KafkaGroup {
    private void awaitCommitted(long offset) throws Exception {
        Await.until("offset " + offset + " is committed", () -> raw.committed(group, topic, 0) == offset);
    }

    @Test
    void what_is_committed_never_passes_what_is_not_settled() throws Exception {
        raw.create(topic, 1);
        raw.write(KafkaTests.records(topic, null, 0, 10));
        try (Source source = source()) {
            List<Delivery> taken = KafkaTests.take(source, 10);
            KafkaTests.done(source, taken.subList(0, 3));
            KafkaTests.done(source, taken.subList(5, 9));
            awaitCommitted(3);
            KafkaTests.done(source, taken.subList(3, 5));
            awaitCommitted(9);
        }
        assertThat(raw.committed(group, topic, 0)).isEqualTo(9);
        try (Source source = source()) {
            assertThat(KafkaTests.texts(KafkaTests.take(source, 1))).containsExactly("m9");
        }
    }

    @Test
    void a_retry_takes_all_behind_it_along_and_nothing_of_its_key_overtakes() throws Exception {
        raw.create(topic, 1);
        raw.write(KafkaTests.records(topic, "k", 0, 10));
        try (Source source = source()) {
            List<Delivery> taken = KafkaTests.take(source, 10);
            KafkaTests.settle(source, taken.subList(4, 5), KafkaTests.retry(Duration.ofMillis(300)));
            assertThat(taken.subList(0, 4)).allMatch(Delivery::live);
            assertThat(taken.subList(4, 10)).noneMatch(Delivery::live);
            KafkaTests.done(source, taken.subList(0, 4));
            List<Delivery> again = KafkaTests.take(source, 6);
            assertThat(KafkaTests.texts(again)).containsExactly("m4", "m5", "m6", "m7", "m8", "m9");
            assertThat(again.stream().map(Delivery::attempt)).containsExactly(2, 1, 1, 1, 1, 1);
            KafkaTests.settle(source, again.subList(2, 3), KafkaTests.retry(Duration.ZERO));
            KafkaTests.settle(source, again.subList(1, 2), KafkaTests.retry(Duration.ZERO));
            assertThat(again.getFirst().live()).isTrue();
            KafkaTests.done(source, again.subList(0, 1));
            List<Delivery> third = KafkaTests.take(source, 5);
            assertThat(KafkaTests.texts(third)).containsExactly("m5", "m6", "m7", "m8", "m9");
            KafkaTests.done(source, third);
            awaitCommitted(10);
        }
    }

    @Test
    void what_turns_out_to_be_done_behind_a_retry_does_not_come_again() throws Exception {
        raw.create(topic, 1);
        raw.write(KafkaTests.records(topic, null, 0, 6));
        try (Source source = source()) {
            List<Delivery> taken = KafkaTests.take(source, 6);
            KafkaTests.done(source, taken.subList(3, 4));
            KafkaTests.settle(source, taken.subList(1, 2), KafkaTests.retry(Duration.ofMillis(500)));
            KafkaTests.done(source, taken.subList(4, 5)); // it was sent already
            List<Delivery> again = KafkaTests.take(source, 3);
            assertThat(KafkaTests.texts(again)).containsExactly("m1", "m2", "m5");
            KafkaTests.done(source, taken.subList(0, 1));
            KafkaTests.done(source, again);
            awaitCommitted(6);
        }
    }

    @Test
    void one_partition_rests_for_a_retry_while_others_go_on() throws Exception {
        raw.create(topic, 2);
        raw.write(List.of(
                new ProducerRecord<>(topic, 0, null, KafkaTests.bytes("a")),
                new ProducerRecord<>(topic, 1, null, KafkaTests.bytes("b"))));
        try (Source source = source()) {
            List<Delivery> taken = KafkaTests.take(source, 2);
            Delivery a = taken.stream()
                    .filter(d -> d.message().body().utf8().equals("a"))
                    .findFirst()
                    .orElseThrow();
            long start = System.nanoTime();
            KafkaTests.settle(source, List.of(a), KafkaTests.retry(Duration.ofSeconds(4)));
            raw.write(List.of(new ProducerRecord<>(topic, 1, null, KafkaTests.bytes("c"))));
            assertThat(KafkaTests.texts(KafkaTests.take(source, 1))).containsExactly("c");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
            assertThat(KafkaTests.texts(KafkaTests.take(source, 1))).containsExactly("a");
        }
    }

    @Test
    void a_new_group_that_begins_with_the_newest_writes_down_where_it_began() throws Exception {
        raw.create(topic, 1);
        raw.write(KafkaTests.records(topic, null, 0, 5));
        Map<String, String> servers = Map.of("KAFKA_BROKERS", node.brokers());
        try (Source source = KafkaTests.source("kafka://" + group + "?topic=" + topic, servers)) {
            source.connect();
            awaitCommitted(5);
            raw.write(KafkaTests.records(topic, null, 5, 7));
            assertThat(KafkaTests.texts(KafkaTests.take(source, 2))).containsExactly("m5", "m6");
        }
        try (Source source = KafkaTests.source("kafka://" + group + "?topic=" + topic, servers)) {
            assertThat(KafkaTests.texts(KafkaTests.take(source, 2))).containsExactly("m5", "m6");
        }
    }

    @Test
    void a_missing_topic_is_an_outage_that_names_it_and_ends_when_it_comes() throws Exception {
        try (Source source = source();
                Sink sink = KafkaTests.sink("kafka://" + topic, Map.of("KAFKA_BROKERS", node.brokers()))) {
            assertThatThrownBy(source::connect)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContainingAll("topic " + topic + " is missing", node.brokers());
            assertThatThrownBy(sink::connect).hasMessageContaining("topic " + topic + " is missing");
            raw.create(topic, 1);
            sink.connect();
            assertThat(sink.send(List.of(KafkaTests.message("x"))).await()).hasSize(1);
            assertThat(KafkaTests.texts(KafkaTests.take(source, 1))).containsExactly("x");
        }
    }
}
