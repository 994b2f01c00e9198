package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.RawKafka;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Kills processes of an exactly-once pipe again and again while numbered messages of some keys flow through it; in the end
 * a reader of what is committed has seen each once, and those of a key in order.
 */
final class ExactlyOnceRun implements AutoCloseable {
    private static final int PARTITIONS = 4;
    private static final int KEYS = 16;

    /** How much of it; kills are spread over the messages. */
    record Plan(int messages, int kills, int processes, long seed) {}

    private final Plan plan;
    private final Random random;
    private final KafkaNode node = KafkaNode.start();
    private final RawKafka raw = new RawKafka(node.direct());
    private final List<PipeProcess> processes = new ArrayList<>();

    private ExactlyOnceRun(Plan plan) throws Exception {
        this.plan = plan;
        this.random = new Random(plan.seed());
        raw.create("in", PARTITIONS);
        raw.create("out", PARTITIONS);
        raw.create("dead", 1);
    }

    static void go(Plan plan) throws Exception {
        try (ExactlyOnceRun run = new ExactlyOnceRun(plan)) {
            try {
                run.run();
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + ", seed " + plan.seed() + "\n" + run.said(), e);
            }
        }
    }

    private String said() {
        return processes.stream()
                .map(process -> process.pid() + ":\n" + String.join("\n", process.err()))
                .collect(Collectors.joining("\n"));
    }

    private void run() throws Exception {
        for (int i = 0; i < plan.processes(); i++) {
            processes.add(PipeProcess.start(variables(i)));
        }
        int step = plan.messages() / (plan.kills() + 1);
        for (int kill = 0; kill <= plan.kills(); kill++) {
            int from = kill * step;
            write(from, kill == plan.kills() ? plan.messages() : from + step);
            if (kill < plan.kills()) {
                int victim = random.nextInt(plan.processes());
                raw.read("out", from + random.nextInt(step));
                processes.get(victim).kill();
                processes.set(victim, PipeProcess.start(variables(victim)));
            }
        }
        List<ConsumerRecord<byte[], byte[]>> out = raw.read("out", plan.messages());
        for (PipeProcess process : processes) {
            assertThat(process.terminate().exitCode()).isZero();
        }
        check(out);
    }

    private void write(int from, int to) throws Exception {
        raw.write(IntStream.range(from, to)
                .mapToObj(i -> new ProducerRecord<>("in", bytes("key" + i % KEYS), bytes("number " + i)))
                .toList());
    }

    private void check(List<ConsumerRecord<byte[], byte[]>> seen) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> out = new ArrayList<>(seen);
        Await.until("nothing more comes", () -> {
            int before = out.size();
            List<ConsumerRecord<byte[], byte[]>> now = raw.read("out", before);
            out.clear();
            out.addAll(now);
            return now.size() == before;
        });
        Map<String, Integer> last = new HashMap<>();
        List<Integer> numbers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : out) {
            String text = new String(record.value(), StandardCharsets.UTF_8);
            int number = Integer.parseInt(text.substring("NUMBER ".length()));
            String key = new String(record.key(), StandardCharsets.UTF_8);
            assertThat(number).as("order of " + key).isGreaterThan(last.getOrDefault(key, -1));
            last.put(key, number);
            numbers.add(number);
        }
        assertThat(numbers)
                .as("seed " + plan.seed())
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, plan.messages()).boxed().toList());
    }

    private Map<String, String> variables(int instance) {
        Map<String, String> variables = new HashMap<>();
        variables.put("SOURCE_URI", "kafka://group?offset=oldest&topic=in&exactly_once=true");
        variables.put("SINK_URI", "kafka://out");
        variables.put("DEAD_LETTER_URI", "kafka://dead");
        variables.put("KAFKA_BROKERS", node.direct());
        variables.put("KAFKA_OPT_SESSION_TIMEOUT_MS", "6000");
        variables.put("KAFKA_OPT_TRANSACTION_TIMEOUT_MS", "10000");
        if (instance == 0) { // the others go by random names
            variables.put("KAFKA_OPT_GROUP_INSTANCE_ID", "first");
        }
        variables.put("WASM_MODULES", "uppercase.wasm");
        variables.put("WASM_TIMEOUT", "10s");
        variables.put("MANAGEMENT_PORT", "off");
        return variables;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        processes.forEach(PipeProcess::close);
        raw.close();
        node.close();
    }
}
