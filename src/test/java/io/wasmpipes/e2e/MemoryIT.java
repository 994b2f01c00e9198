package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory stays bounded, and nothing is too large because of that; the long form is {@link MemorySoak}. */
class MemoryIT {
    /** Heap, and what the JVM, its code and Netty's buffers take beside it. */
    static final long BOUND_MIB = 256 + 256;

    @TempDir
    private Path folder;

    private final int port = Ports.free();

    @Test
    void a_message_of_twice_the_budget_passes_over_http() throws Exception {
        Path out = folder.resolve("out");
        Map<String, String> variables = Map.of(
                "SOURCE_URI",
                "http://:" + port + "/events",
                "SINK_URI",
                "file:" + out,
                "MAX_IN_FLIGHT_BYTES",
                "256KiB",
                "MANAGEMENT_PORT",
                "off");
        String large = "l".repeat(512 << 10);
        try (PipeProcess process = PipeProcess.start(variables).ready()) {
            for (String body : List.of(large, "small", large)) {
                assertThat(PipeProcess.post(port, "/events", body).statusCode()).isEqualTo(200);
            }
            assertThat(process.terminate().exitCode()).isZero();
        }
        assertThat(Files.readAllLines(out)).containsExactly(large, "small", large);
    }

    @Test
    void a_message_of_twice_the_budget_passes_over_jetstream() throws Exception {
        Path out = folder.resolve("out");
        String large = "l".repeat(600 << 10);
        try (NatsServer nats = NatsServer.start();
                Nats client = new Nats(nats)) {
            Map<String, String> variables = Map.of(
                    "SOURCE_URI", "jetstream://LARGE?subject=large.in&durable=d&create=true",
                    "SINK_URI", "file:" + out,
                    "NATS_SERVER_URL", nats.url(),
                    "MAX_IN_FLIGHT_BYTES", "300KiB",
                    "MANAGEMENT_PORT", "off");
            try (PipeProcess process = PipeProcess.start(variables).ready()) {
                for (String body : List.of(large, "small", large)) {
                    client.jetStream().publish("large.in", body.getBytes(StandardCharsets.US_ASCII));
                }
                Await.until(
                        "all three",
                        () -> Files.exists(out) && Files.readAllLines(out).size() == 3);
                assertThat(process.terminate().exitCode()).isZero();
            }
        }
        assertThat(Files.readAllLines(out)).containsExactly(large, "small", large);
    }

    @Test
    void resident_memory_is_bounded_before_a_slow_sink() throws Exception {
        try (Hook hook = Hook.slow(Duration.ofMillis(100));
                PipeProcess process = start(hook, "32MiB")) {
            MemoryLoad load = new MemoryLoad(process, port).run(Duration.ofSeconds(8));
            System.out.println(load + " taken=" + hook.count());
            assertThat(load.answers().keySet()).isSubsetOf(200, 503);
            assertThat(hook.count()).isGreaterThanOrEqualTo(load.answers().get(200));
            assertThat(load.peakMiB(0, 1)).isLessThan(BOUND_MIB);
            assertThat(process.terminate().exitCode()).isZero();
        }
    }

    @Test
    void requests_over_the_budget_are_answered_503_and_take_no_memory() throws Exception {
        try (Hook hook = Hook.slow(Duration.ofMillis(400));
                PipeProcess process = start(hook, "4MiB")) {
            MemoryLoad load = new MemoryLoad(process, port).run(Duration.ofSeconds(8));
            System.out.println(load + " taken=" + hook.count());
            assertThat(load.answers().keySet()).containsExactlyInAnyOrder(200, 503);
            assertThat(load.peakMiB(0, 1)).isLessThan(BOUND_MIB);
            assertThat(process.terminate().exitCode()).isZero();
        }
    }

    private PipeProcess start(Hook hook, String budget) throws InterruptedException {
        return start(hook, port, budget);
    }

    static PipeProcess start(Hook hook, int port, String budget) throws InterruptedException {
        Map<String, String> variables = Map.of(
                "SOURCE_URI",
                "http://:" + port + "/events",
                "SINK_URI",
                "http://127.0.0.1:" + hook.port() + "/hook",
                "MAX_IN_FLIGHT_BYTES",
                budget,
                "MANAGEMENT_PORT",
                "off");
        return PipeProcess.start(variables, List.of("-Xmx256m"), List.of()).ready();
    }
}
