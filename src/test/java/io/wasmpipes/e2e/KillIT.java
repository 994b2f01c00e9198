package io.wasmpipes.e2e;

import org.junit.jupiter.api.Test;

/** The short form of {@link KillSoak}. */
class KillIT {
    private static final KillRun.Plan PLAN = new KillRun.Plan(3000, 2, System.nanoTime());

    @Test
    void kafka_to_kafka_loses_nothing_and_keeps_the_order_of_keys() throws Exception {
        KillPairs.kafkaToKafka(PLAN);
    }

    @Test
    void the_other_pairs_lose_nothing() throws Exception {
        Together.run(() -> KillPairs.rabbitToRabbit(PLAN), () -> KillPairs.sqsToSqs(PLAN));
        Together.run(() -> KillPairs.jetStreamToKafka(PLAN), () -> KillPairs.kafkaToHttp(PLAN));
    }
}
