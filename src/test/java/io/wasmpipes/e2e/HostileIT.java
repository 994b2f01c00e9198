package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.get;
import static io.wasmpipes.support.PipeProcess.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest that tries everything, in a running process: the message is refused with a reason, all else goes on. */
class HostileIT {
    private static final int WORKERS = 4;
    private static final Duration PROBE = Duration.ofSeconds(5);

    /** What the first letter of a message makes the guest do, and the reason that is given. */
    private static final Map<String, String> DEEDS = Map.of(
            "loop", "time limit 1s exceeded",
            "grow", "memory limit 8MiB reached",
            "recurse", "call stack exhausted",
            "pointer", "pointer",
            "trap", "trapped: unreachable",
            "break", "the engine failed");

    @TempDir
    private Path folder;

    private final int port = Ports.free();
    private final int management = Ports.free();

    private Map<String, String> pipe(String... more) throws Exception {
        Path module = HostileGuest.write(folder);
        Map<String, String> variables = new HashMap<>(Map.of(
                "SOURCE_URI",
                "http://:" + port + "/events?timeout=1m",
                "SINK_URI",
                "stdout:",
                "WASM_MODULES",
                module.toString(),
                "WASM_TIMEOUT",
                "1s",
                "WASM_MEMORY_MAX",
                "8MiB",
                "WORKERS",
                Integer.toString(WORKERS),
                "MANAGEMENT_PORT",
                Integer.toString(management)));
        for (int i = 0; i < more.length; i += 2) {
            variables.put(more[i], more[i + 1]);
        }
        return variables;
    }

    @Test
    void each_deed_is_answered_422_with_its_reason_and_the_next_message_passes() throws Exception {
        List<String> good = new ArrayList<>();
        try (PipeProcess process = PipeProcess.start(pipe()).ready()) {
            for (Map.Entry<String, String> deed : DEEDS.entrySet()) {
                HttpResponse<String> refused = post(port, "/events", deed.getKey());
                assertThat(refused.statusCode()).as(deed.getKey()).isEqualTo(422);
                assertThat(refused.body())
                        .as(deed.getKey())
                        .contains(deed.getValue())
                        .doesNotContain("\tat ");
                good.add("after " + deed.getKey());
                assertThat(post(port, "/events", good.getLast()).statusCode()).isEqualTo(200);
            }
            assertThat(process.terminate().exitCode()).isZero();
            assertThat(process.out()).containsExactlyElementsOf(good);
            assertThat(String.join("\n", process.err())).doesNotContain("\tat ");
        }
    }

    @Test
    void endless_loops_in_every_lane_become_dead_letters_while_health_answers() throws Exception {
        Path dead = folder.resolve("dead.jsonl");
        Map<String, String> variables = pipe("DEAD_LETTER_URI", "file:" + dead, "DEAD_LETTER_LIMIT", "off");
        try (PipeProcess process = PipeProcess.start(variables).ready()) {
            List<HttpResponse<String>> answers = new ArrayList<>();
            List<Long> probes = new ArrayList<>();
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<HttpResponse<String>>> loops = new ArrayList<>();
                Callable<HttpResponse<String>> loop = () -> post(port, "/events", "loop");
                for (int i = 0; i < 3 * WORKERS; i++) {
                    loops.add(clients.submit(loop));
                }
                while (!loops.stream().allMatch(Future::isDone)) {
                    Instant asked = Instant.now();
                    assertThat(get(management, "/healthz/liveness").statusCode())
                            .isEqualTo(200);
                    probes.add(Duration.between(asked, Instant.now()).toMillis());
                }
                for (Future<HttpResponse<String>> answer : loops) {
                    answers.add(answer.get());
                }
            }
            for (String deed : DEEDS.keySet()) {
                answers.add(post(port, "/events", deed));
            }
            assertThat(answers).allMatch(answer -> answer.statusCode() == 200);
            assertThat(probes).isNotEmpty().allMatch(millis -> millis < PROBE.toMillis());
            System.out.println("hostile: liveness probes=" + probes.size() + " slowest ms="
                    + probes.stream().mapToLong(Long::longValue).max().orElse(0));
            assertThat(post(port, "/events", "after all").statusCode()).isEqualTo(200);
            assertThat(get(management, "/healthz/readiness").statusCode()).isEqualTo(200);
            assertThat(process.terminate().exitCode()).isZero();
            assertThat(process.out()).containsExactly("after all");
        }
        List<String> letters = Files.readAllLines(dead);
        assertThat(letters).hasSize(3 * WORKERS + DEEDS.size());
        DEEDS.forEach((deed, reason) -> assertThat(letters).as(deed).anyMatch(letter -> letter.contains(reason)));
    }

    @Test
    void guests_that_allocate_without_end_in_every_lane_leave_the_process_its_heap() throws Exception {
        Map<String, String> variables = pipe("WASM_MEMORY_MAX", "64MiB", "WASM_TIMEOUT", "1m");
        List<String> flags = List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError");
        try (PipeProcess process =
                        PipeProcess.start(variables, flags, List.of()).ready();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 3 * WORKERS; i++) {
                answers.add(clients.submit(() -> post(port, "/events", "grow")));
            }
            for (Future<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode())
                        .as(() -> String.join("\n", process.err()))
                        .isEqualTo(422);
                assertThat(answer.get().body()).containsAnyOf("memory limit 64MiB reached", "no more room for guests");
            }
            assertThat(post(port, "/events", "after all").statusCode()).isEqualTo(200);
            System.out.println("hostile: rss MiB after allocating in every lane=" + (process.residentBytes() >> 20));
            assertThat(process.terminate().exitCode()).isZero();
        }
    }
}
