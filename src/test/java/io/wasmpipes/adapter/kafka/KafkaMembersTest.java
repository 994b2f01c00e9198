package io.wasmpipes.adapter.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Delivery;
import io.wasmpipes.Source;
import io.wasmpipes.support.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who of a group reads what. */
class KafkaMembersTest extends KafkaGroup {
    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void a_second_member_takes_over_what_the_first_has_not_settled(String protocol) throws Exception {
        raw.create(topic, 4);
        for (int i = 0; i < 4; i++) {
            int partition = i;
            raw.write(IntStream.range(0, 25)
                    .mapToObj(n -> new ProducerRecord<byte[], byte[]>(
                            topic, partition, null, KafkaTests.bytes(partition + "-" + n)))
                    .toList());
        }
        List<String> through = new ArrayList<>();
        try (Source first = source("KAFKA_OPT_GROUP_PROTOCOL", protocol);
                Source second = source("KAFKA_OPT_GROUP_PROTOCOL", protocol)) {
            List<Delivery> taken = KafkaTests.take(first, 100);
            List<Delivery> settled = taken.subList(0, 40);
            through.addAll(KafkaTests.texts(settled));
            KafkaTests.done(first, settled);
            second.connect();
            Await.until("some are taken from the first", () -> {
                receive(second, through);
                receive(first, through);
                return taken.stream().skip(40).anyMatch(d -> !d.live());
            });
            taken.stream()
                    .skip(40)
                    .filter(Delivery::live)
                    .forEach(d -> through.add(d.message().body().utf8()));
            List<Delivery> rest = taken.subList(40, 100);
            KafkaTests.done(first, rest.stream().filter(Delivery::live).toList());
            rest.forEach(Delivery::release);
            Await.until("all are through", () -> {
                receive(first, through);
                receive(second, through);
                return through.stream().distinct().count() == 100;
            });
        }
        for (int i = 0; i < 4; i++) {
            int partition = i;
            List<String> firsts = through.stream()
                    .filter(t -> t.startsWith(partition + "-"))
                    .distinct()
                    .toList();
            assertThat(firsts)
                    .isEqualTo(IntStream.range(0, 25)
                            .mapToObj(n -> partition + "-" + n)
                            .toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void a_static_member_that_restarts_gets_its_partitions_back_and_others_keep_theirs(String protocol)
            throws Exception {
        raw.create(topic, 2);
        String[] ours = {"KAFKA_OPT_GROUP_PROTOCOL", protocol, "KAFKA_OPT_GROUP_INSTANCE_ID", "one"};
        String[] theirs = {"KAFKA_OPT_GROUP_PROTOCOL", protocol, "KAFKA_OPT_GROUP_INSTANCE_ID", "two"};
        Source one = source(ours);
        try (Source two = source(theirs)) {
            one.connect();
            two.connect();
            Await.until("both have one partition", () -> {
                writeToBoth();
                List<Delivery> a = one.receive(KafkaTests.ANY);
                List<Delivery> b = two.receive(KafkaTests.ANY);
                KafkaTests.done(one, a);
                KafkaTests.done(two, b);
                return partitions(a) == 1 && partitions(b) == 1;
            });
            writeToBoth();
            Delivery held = KafkaTests.take(two, 1).getFirst();
            one.close();
            try (Source again = source(ours)) {
                KafkaTests.take(again, 1);
                assertThat(held.live()).as("the other was not disturbed").isTrue();
            }
        } finally {
            one.close();
        }
    }

    private void writeToBoth() throws Exception {
        for (int i = 0; i < 2; i++) {
            raw.write(List.of(new ProducerRecord<>(topic, i, null, KafkaTests.bytes("x"))));
        }
    }

    private static long partitions(List<Delivery> deliveries) {
        return deliveries.stream().map(Delivery::orderKey).distinct().count();
    }
}
