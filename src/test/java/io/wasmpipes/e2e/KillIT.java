package io.wasmpipes.e2e;

import io.wasmpipes.support.KafkaNode;
import org.junit.jupiter.api.Test;

/** The short form of {@link KillSoak}. */
class KillIT {
    private static final KillRun.Plan PLAN = new KillRun.Plan(2000, 1, System.nanoTime());

    @Test
    void pipes_between_brokers_lose_nothing_and_keep_the_order_of_keys() throws Exception {
        try (KafkaNode node = KillPairs.slowKafka()) {
            KillPairs.kafkaToKafka(node, PLAN);
            Together.run(() -> KillPairs.jetStreamToKafka(node, PLAN), () -> KillPairs.kafkaToHttp(node, PLAN));
        }
        Together.run(() -> KillPairs.rabbitToRabbit(PLAN), () -> KillPairs.sqsToSqs(PLAN));
    }
}
