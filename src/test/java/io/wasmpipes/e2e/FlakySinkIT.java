package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.e2e.HttpTarget.Answer;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An HTTP sink that fails one request in five, in every way there is, behind four lanes. */
class FlakySinkIT {
    private static final int KEYS = 16;
    private static final int EACH = 80;
    private static final List<Answer> FAILURES =
            List.of(Answer.BROKEN, Answer.TOO_MANY, Answer.AWAY, Answer.RESET, Answer.TAKE_AND_RESET);

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private synchronized Answer answer() {
        return random.nextInt(5) == 0 ? FAILURES.get(random.nextInt(FAILURES.size())) : Answer.TAKE;
    }

    @Test
    void nothing_is_lost_and_messages_of_one_key_stay_in_order() throws Exception {
        try (NatsServer server = NatsServer.start();
                Nats nats = new Nats(server);
                HttpTarget target = new HttpTarget(_ -> answer())) {
            nats.stream("IN", "in.>");
            for (int i = 0; i < KEYS * EACH; i++) {
                String body = "KEY " + i % KEYS + " " + i / KEYS;
                nats.jetStream().publish("in.key" + i % KEYS, body.getBytes(StandardCharsets.UTF_8));
            }
            Map<String, String> variables = Map.of(
                    "SOURCE_URI", "jetstream://IN?durable=pipe&ack_wait=5s",
                    "SINK_URI", "http://127.0.0.1:" + target.port() + "/hook",
                    "NATS_SERVER_URL", server.url(),
                    "WASM_MODULES", "uppercase.wasm",
                    "ORDER", "key",
                    "WORKERS", "4",
                    "RETRY_INITIAL_INTERVAL", "10ms",
                    "RETRY_MAX_INTERVAL", "100ms",
                    "MANAGEMENT_PORT", "off");
            try (PipeProcess pipe = PipeProcess.start(variables).ready()) {
                Await.until(
                        "all arrive, seed " + seed + ", stderr: " + pipe.err(),
                        () -> new HashSet<>(target.taken()).size() == KEYS * EACH);
                Await.until("all are settled", () -> nats.consumer("IN", "pipe").getNumAckPending() == 0);
            }
            check(target.taken());
        }
    }

    /** Duplicates must come right behind what they repeat, as nothing of the key may be sent before it is confirmed. */
    private void check(List<String> taken) {
        Map<String, List<Integer>> byKey = new HashMap<>();
        for (String body : taken) {
            String[] words = body.split(" ", -1);
            List<Integer> numbers = byKey.computeIfAbsent(words[1], _ -> new ArrayList<>());
            int number = Integer.parseInt(words[2]);
            if (numbers.isEmpty() || numbers.getLast() != number) {
                numbers.add(number);
            }
        }
        System.out.println("flaky sink: messages " + KEYS * EACH + ", duplicates " + (taken.size() - KEYS * EACH));
        List<Integer> all = java.util.stream.IntStream.range(0, EACH).boxed().toList();
        assertThat(byKey).hasSize(KEYS);
        byKey.forEach((key, numbers) ->
                assertThat(numbers).as("key " + key + ", seed " + seed).isEqualTo(all));
    }
}
