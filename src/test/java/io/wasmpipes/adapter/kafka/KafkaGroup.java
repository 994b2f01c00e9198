package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Delivery;
import io.wasmpipes.Source;
import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.RawKafka;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A topic and a group of its own, and sources that read it. */
@Timeout(180)
abstract class KafkaGroup {
    static final AtomicInteger NUMBER = new AtomicInteger();
    final KafkaNode node = KafkaNode.shared();
    final String topic = "source-" + NUMBER.incrementAndGet();
    final String group = "g-" + topic;
    RawKafka raw;

    @BeforeEach
    void open() {
        raw = new RawKafka(node.direct());
    }

    @AfterEach
    void close() {
        raw.close();
    }

    Source source(String... options) throws Exception {
        Map<String, String> all = new HashMap<>(Map.of("KAFKA_BROKERS", node.brokers()));
        for (int i = 0; i < options.length; i += 2) {
            all.put(options[i], options[i + 1]);
        }
        return KafkaTests.source("kafka://" + group + "?offset=oldest&topic=" + topic, all);
    }

    static void receive(Source source, List<String> through) throws Exception {
        List<Delivery> taken = source.receive(KafkaTests.ANY);
        taken.stream()
                .filter(Delivery::live)
                .forEach(d -> through.add(d.message().body().utf8()));
        KafkaTests.done(source, taken);
        taken.forEach(Delivery::release);
    }
}
