package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.e2e.HttpTarget.Answer;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.PipeProcess;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Order from Kafka on: behind a sink that fails at random, and while members of the group come and go. */
class KafkaOrderIT {
    private static final int PARTITIONS = 4;
    private static final int FLAKY = 1280;
    private static final int SHARED = 6000;
    private static final List<Answer> FAILURES =
            List.of(Answer.BROKEN, Answer.TOO_MANY, Answer.AWAY, Answer.RESET, Answer.TAKE_AND_RESET);

    private static KafkaNode node;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @BeforeAll
    static void startNode() {
        node = KafkaNode.start();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    private synchronized Answer flaky() {
        return random.nextInt(5) == 0 ? FAILURES.get(random.nextInt(FAILURES.size())) : Answer.TAKE;
    }

    @Test
    void keys_stay_in_order_behind_a_sink_that_fails_at_random() throws Exception {
        try (KafkaSite in = new KafkaSite(node, "keyed", PARTITIONS)) {
            flaky(in, Arrivals.KEYS);
        }
    }

    @Test
    void partitions_stay_in_order_behind_a_sink_that_fails_at_random() throws Exception {
        try (KafkaSite in = new KafkaSite(node, "keyless", PARTITIONS, false)) {
            flaky(in, PARTITIONS);
        }
    }

    private void flaky(KafkaSite in, int orders) throws Exception {
        try (HttpTarget target = new HttpTarget(_ -> flaky())) {
            in.put(IntStream.range(0, FLAKY).boxed().toList());
            Map<String, String> variables = new HashMap<>(in.asSource());
            variables.put("SINK_URI", "http://127.0.0.1:" + target.port() + "/hook");
            variables.put("WORKERS", "4");
            variables.put("RETRY_INITIAL_INTERVAL", "10ms");
            variables.put("RETRY_MAX_INTERVAL", "100ms");
            variables.put("MANAGEMENT_PORT", "off");
            try (PipeProcess pipe = PipeProcess.start(variables)) {
                Await.until(
                        "all arrive, seed " + seed + ", stderr: " + pipe.err(),
                        () -> new HashSet<>(target.taken()).size() == FLAKY);
            }
            List<Integer> arrived = target.taken().stream().map(Feed::number).toList();
            System.out.println("kafka to a flaky sink: messages " + FLAKY + ", orders " + orders + ", duplicates "
                    + Arrivals.duplicates(arrived));
            assertThat(Arrivals.outOfOrder(arrived, orders)).as("seed " + seed).isNull();
        }
    }

    @Test
    void one_of_two_members_dies_and_a_third_comes_and_nothing_is_lost_or_overtaken() throws Exception {
        try (KafkaSite in = new KafkaSite(node, "shared-in", PARTITIONS);
                KafkaSite out = new KafkaSite(node, "shared-out", PARTITIONS)) {
            Map<String, String> variables = new HashMap<>(in.asSource());
            variables.putAll(out.asSink());
            variables.put("MAX_IN_FLIGHT", "100");
            in.put(IntStream.range(0, SHARED / 3).boxed().toList());
            try (PipeProcess one = PipeProcess.start(variables);
                    PipeProcess two = PipeProcess.start(variables)) {
                one.ready();
                two.ready();
                in.put(IntStream.range(SHARED / 3, SHARED).boxed().toList());
                Await.until("they work", () -> out.arrived().size() > SHARED / 2);
                one.kill();
                try (PipeProcess three = PipeProcess.start(variables)) {
                    Await.until(
                            "all arrive, stderr: " + two.err() + three.err(),
                            () -> new HashSet<>(out.arrived()).size() == SHARED);
                }
            }
            System.out.println(
                    "kafka group: messages " + SHARED + ", lost 0, duplicates " + Arrivals.duplicates(out.arrived()));
            Integer late = Arrivals.outOfOrder(out.arrived());
            assertThat(late)
                    .as(() -> Arrivals.around(out.arrived(), late, Arrivals.KEYS))
                    .isNull();
        }
    }
}
