package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.e2e.HttpTarget.Answer;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A sink is away for longer than the broker's patience (ack wait × max deliver, three times over), then comes back:
 * memory stays flat, nothing is lost, nothing is dead-lettered.
 */
final class OutageRun implements AutoCloseable {
    private static final List<String> SMALL = List.of("-Xmx160m", "-Xmn24m", "-XX:+ExitOnOutOfMemoryError");
    private static final long GROWTH = 32L << 20;
    private static final int MESSAGES = 5000;
    private static final String CONSUMER = "jetstream://IN?durable=pipe&ack_wait=1s&max_deliver=3";

    /** Makes the sink go, change the way it is away, or come back. */
    @FunctionalInterface
    private interface Turn {
        void take() throws Exception;
    }

    private final String name;
    private final Duration outage;
    private final Path deadLetters = Folders.fresh("outage").resolve("dead.jsonl");
    private final PipeProcess pipe;

    private OutageRun(String name, Duration outage, Map<String, String> ends) throws InterruptedException {
        this.name = name;
        this.outage = outage;
        Map<String, String> variables = new HashMap<>(ends);
        variables.put("DEAD_LETTER_URI", "file:" + deadLetters);
        variables.put("MANAGEMENT_PORT", Integer.toString(Ports.free()));
        variables.put("WASM_MODULES", "uppercase.wasm");
        variables.put("RETRY_MAX_INTERVAL", "1s");
        this.pipe = PipeProcess.start(variables, SMALL, List.of()).ready();
    }

    /** An HTTP source answers 503 while its HTTP sink refuses connections. */
    static void httpToHttp(Duration outage) throws Exception {
        int port = Ports.free();
        try (HttpTarget target = new HttpTarget(_ -> Answer.TAKE);
                FaultProxy door = FaultProxy.before(target.port());
                HttpFeed feed = new HttpFeed(port, MESSAGES);
                OutageRun run = new OutageRun(
                        "http to http",
                        outage,
                        Map.of(
                                "SOURCE_URI", "http://127.0.0.1:" + port + "/events?timeout=2s",
                                "SINK_URI", "http://127.0.0.1:" + door.port() + "/hook",
                                "MAX_IN_FLIGHT", "50"))) {
            feed.enough();
            feed.start(100);
            run.await("flow", () -> target.count() > 100);
            run.suffer(door::refuse, () -> {});
            door.heal();
            Set<Integer> acknowledged = feed.finish();
            run.arrived(acknowledged, target::taken);
            System.out.println("outage http to http: statuses " + feed.statuses());
            assertThat(feed.statuses()).containsOnlyKeys(200, 503);
        }
    }

    /** A stream's messages wait for an HTTP sink that answers 503 first, then refuses connections. */
    static void jetStreamToHttp(Duration outage) throws Exception {
        try (NatsServer server = NatsServer.start();
                Nats nats = new Nats(server);
                HttpTarget target = new HttpTarget(_ -> Answer.TAKE);
                FaultProxy door = FaultProxy.before(target.port())) {
            nats.stream("IN", "in.>");
            Map<String, String> ends = Map.of(
                    "SOURCE_URI",
                    CONSUMER,
                    "NATS_SERVER_URL",
                    server.url(),
                    "SINK_URI",
                    "http://127.0.0.1:" + door.port() + "/hook");
            try (StreamFeed feed = new StreamFeed(nats, "IN", MESSAGES);
                    OutageRun run = new OutageRun("jetstream to http", outage, ends)) {
                feed.enough();
                feed.start(16);
                run.await("flow", () -> target.count() > 100);
                run.suffer(() -> target.behave(_ -> Answer.AWAY), door::refuse);
                target.behave(_ -> Answer.TAKE);
                door.heal();
                run.arrived(feed.finish(), target::taken);
                run.redeliveries(nats);
            }
        }
    }

    /** A stream's messages wait for a stream that has been deleted. */
    static void jetStreamToJetStream(Duration outage) throws Exception {
        try (NatsServer server = NatsServer.start();
                Nats nats = new Nats(server)) {
            nats.stream("IN", "in.>");
            nats.stream("OUT", "out.>");
            Map<String, String> ends = Map.of(
                    "SOURCE_URI",
                    CONSUMER,
                    "NATS_SERVER_URL",
                    server.url(),
                    "SINK_URI",
                    "jetstream://OUT?subject=out.number");
            try (StreamFeed feed = new StreamFeed(nats, "IN", MESSAGES);
                    OutageRun run = new OutageRun("jetstream to jetstream", outage, ends)) {
                nats.jetStream().publish("in.first", "first".getBytes(StandardCharsets.UTF_8));
                run.await("flow", () -> nats.count("OUT") == 1);
                nats.deleteStream("OUT");
                feed.enough();
                feed.start(16);
                run.suffer(() -> {}, () -> {});
                nats.stream("OUT", "out.>");
                run.arrived(feed.finish(), () -> nats.bodies("OUT", "out.>"));
                run.redeliveries(nats);
            }
        }
    }

    private void await(String what, Await.Check check) throws InterruptedException {
        Await.until(name + ": " + what, check);
    }

    /** Lives through the outage, of which the second kind begins at its half, and watches memory and health. */
    private void suffer(Turn first, Turn second) throws Exception {
        long start = System.nanoTime();
        first.take();
        await("degraded", () -> readiness().body().contains("degraded"));
        assertThat(readiness().statusCode()).isEqualTo(200);
        watch(start, outage.dividedBy(2));
        long early = pipe.residentBytes();
        second.take();
        long most = Math.max(early, watch(start, outage));
        assertThat(readiness().body()).contains("degraded");
        System.out.println("outage " + name + ": after " + outage.toMillis() / 2 + " ms RSS " + (early >> 20)
                + " MiB, most until " + outage.toMillis() + " ms " + (most >> 20) + " MiB");
        assertThat(most - early).as("growth of RSS").isLessThan(GROWTH);
    }

    private long watch(long start, Duration until) throws InterruptedException, IOException {
        long most = 0;
        while (System.nanoTime() - start < until.toNanos()) {
            most = Math.max(most, pipe.residentBytes());
            assertThat(pipe.alive()).isTrue();
            Thread.sleep(200);
        }
        return most;
    }

    private HttpResponse<String> readiness() {
        return PipeProcess.get(pipe.managementPort(), "/healthz/readiness");
    }

    @FunctionalInterface
    private interface Arrivals {
        Collection<String> bodies() throws Exception;
    }

    private void arrived(Set<Integer> acknowledged, Arrivals sink) throws Exception {
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(MESSAGES);
        Set<Integer> missing = new HashSet<>(acknowledged);
        int[] count = new int[1];
        await("everything arrives, stderr: " + pipe.err(), () -> {
            List<Integer> seen = sink.bodies().stream()
                    .filter(body -> body.startsWith("NUMBER"))
                    .map(Feed::number)
                    .toList();
            count[0] = seen.size();
            seen.forEach(missing::remove);
            return missing.isEmpty();
        });
        System.out.println("outage " + name + ": acknowledged " + acknowledged.size() + ", at the sink " + count[0]
                + ", lost " + missing.size() + ", dead letters " + deadLetterCount());
        assertThat(deadLetterCount()).as("dead letters").isZero();
        await("up again", () -> !readiness().body().contains("degraded"));
    }

    private long deadLetterCount() throws IOException {
        return Files.exists(deadLetters) ? Files.readAllLines(deadLetters).size() : 0;
    }

    private void redeliveries(Nats nats) throws Exception {
        await("settled", () -> nats.consumer("IN", "pipe").getNumAckPending() == 0);
        long delivered = nats.consumer("IN", "pipe").getDelivered().getConsumerSequence();
        System.out.println("outage " + name + ": deliveries " + delivered + " of " + nats.count("IN") + " messages");
    }

    @Override
    public void close() {
        pipe.close();
    }
}
