package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Processes are replaced one after the other behind a balancer while requests come: none fails. */
class RollingIT {
    private static final int ROUNDS = 2;
    private static final int SENDERS = 8;

    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    private static Balancer.Backend backend() throws InterruptedException {
        int port = Ports.free();
        Map<String, String> variables = new HashMap<>();
        variables.put("SOURCE_URI", "http://127.0.0.1:" + port + "/events");
        variables.put("SINK_URI", "discard:");
        variables.put("WASM_MODULES", "uppercase.wasm");
        variables.put("SHUTDOWN_DELAY", "4s");
        variables.put("MANAGEMENT_HOST", "127.0.0.1");
        variables.put("MANAGEMENT_PORT", Integer.toString(Ports.free())); // else a new process takes that of a gone one
        return new Balancer.Backend(PipeProcess.start(variables).ready(), port);
    }

    private void send(int port) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/events"))
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofString("hello"))
                .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            while (!over.get()) {
                int status = client.send(request, BodyHandlers.ofString()).statusCode();
                answered.incrementAndGet();
                if (status != 200) {
                    failures.add("status " + status);
                }
                Thread.sleep(2);
            }
        } catch (IOException e) {
            failures.add(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void no_request_fails_while_processes_are_replaced() throws Exception {
        try (Balancer balancer = new Balancer()) {
            Balancer.Backend current = backend();
            balancer.add(current);
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                senders.add(Thread.ofVirtual().start(() -> send(balancer.port())));
            }
            for (int round = 0; round < ROUNDS; round++) {
                int before = answered.get();
                Await.until("requests", () -> answered.get() > before + 100);
                Balancer.Backend next = backend();
                balancer.add(next);
                assertThat(current.process().terminate().exitCode()).isZero();
                current = next;
            }
            int before = answered.get();
            Await.until("requests after the last round", () -> answered.get() > before + 100);
            over.set(true);
            for (Thread sender : senders) {
                sender.join();
            }
            System.out.println("rolling restart: rounds=" + ROUNDS + " requests=" + answered.get() + " failures="
                    + failures.size());
            assertThat(failures).isEmpty();
            assertThat(current.process().terminate().exitCode()).isZero();
        }
    }
}
