package io.wasmpipes.e2e;

import org.junit.jupiter.api.Test;

/** kill -9 of the process ten times while 20,000 messages flow between brokers: nothing stored is lost. */
class KillSoak {
    private static final KillRun.Plan PLAN = new KillRun.Plan(20_000, 10, System.nanoTime());

    @Test
    void kafka_to_kafka() throws Exception {
        KillPairs.kafkaToKafka(PLAN);
    }

    @Test
    void rabbit_to_rabbit() throws Exception {
        KillPairs.rabbitToRabbit(PLAN);
    }

    @Test
    void sqs_to_sqs() throws Exception {
        KillPairs.sqsToSqs(PLAN);
    }

    @Test
    void jetstream_to_kafka() throws Exception {
        KillPairs.jetStreamToKafka(PLAN);
    }

    @Test
    void kafka_to_http() throws Exception {
        KillPairs.kafkaToHttp(PLAN);
    }
}
