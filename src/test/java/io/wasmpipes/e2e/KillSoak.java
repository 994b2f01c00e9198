package io.wasmpipes.e2e;

import io.wasmpipes.support.KafkaNode;
import org.junit.jupiter.api.Test;

/** kill -9 of the process ten times while 20,000 messages flow between brokers: nothing stored is lost. */
class KillSoak {
    private static final KillRun.Plan PLAN = new KillRun.Plan(20_000, 10, System.nanoTime());

    @Test
    void from_and_to_kafka() throws Exception {
        try (KafkaNode node = KillPairs.slowKafka()) {
            KillPairs.kafkaToKafka(node, PLAN);
            Together.run(() -> KillPairs.jetStreamToKafka(node, PLAN), () -> KillPairs.kafkaToHttp(node, PLAN));
        }
    }

    @Test
    void between_queues() throws Exception {
        Together.run(() -> KillPairs.rabbitToRabbit(PLAN), () -> KillPairs.sqsToSqs(PLAN));
    }
}
