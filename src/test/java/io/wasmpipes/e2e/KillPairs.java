package io.wasmpipes.e2e;

import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.RabbitNode;
import java.time.Duration;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;

/** The pairs of systems between which a pipe is killed. */
final class KillPairs {
    private static final Duration DELAY = Duration.ofMillis(10);

    private KillPairs() {}

    /** A node that answers slowly, so that messages are in hand at any moment. */
    static KafkaNode slowKafka() {
        KafkaNode node = KafkaNode.start();
        node.proxy().delay(DELAY);
        return node;
    }

    static void kafkaToKafka(KafkaNode node, KillRun.Plan plan) throws Exception {
        try (Site in = new KafkaSite(node, "in", 4);
                Site out = new KafkaSite(node, "out", 4)) {
            KillRun.inOrder("kafka to kafka", in, out, plan);
        }
    }

    static void rabbitToRabbit(KillRun.Plan plan) throws Exception {
        try (RabbitNode node = RabbitNode.start();
                Site in = new RabbitSite(node, "in", false);
                Site out = new RabbitSite(node, "out", true)) {
            KillRun.atLeastOnce("rabbit to rabbit", in, out, plan);
        }
    }

    static void sqsToSqs(KillRun.Plan plan) throws Exception {
        SQSRestServer server = SQSRestServerBuilder.withInterface("127.0.0.1")
                .withDynamicPort()
                .start();
        int port = server.waitUntilStarted().localAddress().getPort();
        try (Site in = new SqsSite(port, "in", false);
                Site out = new SqsSite(port, "out", true)) {
            KillRun.atLeastOnce("sqs to sqs", in, out, plan);
        } finally {
            server.stopAndWait();
        }
    }

    static void jetStreamToKafka(KafkaNode node, KillRun.Plan plan) throws Exception {
        try (NatsServer nats = NatsServer.start();
                Site in = new JetStreamSite(nats);
                Site out = new KafkaSite(node, "from-jetstream", 1)) {
            KillRun.inOrder("jetstream to kafka", in, out, plan);
        }
    }

    static void kafkaToHttp(KafkaNode node, KillRun.Plan plan) throws Exception {
        try (Site in = new KafkaSite(node, "to-http", 4);
                Site out = new HttpSite()) {
            KillRun.inOrder("kafka to http", in, out, plan);
        }
    }
}
