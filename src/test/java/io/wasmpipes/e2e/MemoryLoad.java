package io.wasmpipes.e2e;

import io.wasmpipes.support.PipeProcess;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Bodies of 1 MiB from 32 connections into a process, whose resident memory is looked at meanwhile. */
final class MemoryLoad {
    private static final int CONNECTIONS = 32;
    private static final byte[] BODY = "m".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
    private static final Duration GLANCE = Duration.ofMillis(200);

    private final PipeProcess process;
    private final int port;
    private final Map<Integer, Integer> answers = new ConcurrentHashMap<>();
    private final List<Long> resident = new ArrayList<>();
    private volatile boolean over;

    MemoryLoad(PipeProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Posts for so long. */
    MemoryLoad run(Duration time) throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> posting = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                posting.add(clients.submit(this::post));
            }
            watch(time);
            over = true;
            for (Future<?> client : posting) {
                client.get();
            }
        }
        return this;
    }

    private void watch(Duration time) throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            Thread.sleep(GLANCE);
            resident.add(process.residentBytes() >> 20);
        }
    }

    private void post() {
        while (!over) {
            int status = PipeProcess.send(PipeProcess.request(port, "/events").POST(BodyPublishers.ofByteArray(BODY)))
                    .statusCode();
            answers.merge(status, 1, Integer::sum);
        }
    }

    /** How often each status was answered. */
    Map<Integer, Integer> answers() {
        return new TreeMap<>(answers);
    }

    /** The most resident memory seen in this part of the run, from 0 to 1, in MiB. */
    long peakMiB(double from, double to) {
        List<Long> part = resident.subList((int) (resident.size() * from), (int) (resident.size() * to));
        return part.stream().mapToLong(Long::longValue).max().orElseThrow();
    }

    @Override
    public String toString() {
        return "memory: answers=" + answers() + " rss MiB peak=" + peakMiB(0, 1) + " end=" + resident.getLast();
    }
}
