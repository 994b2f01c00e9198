package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.JetStreamApiException;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Kills the pipe and the server again and again while numbered messages flow through a module into a stream, and looks
 * for what was acknowledged to the producer and never came out. A kill counts only if messages were in hand.
 */
final class CrashRun implements AutoCloseable {
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final int PRODUCERS = 64;

    /** How much of it; both kinds of kills are spread over the messages. */
    record Plan(int messages, int pipeKills, int serverKills, long seed) {}

    private enum Victim {
        PIPE,
        SERVER
    }

    private final Plan plan;
    private final String name;
    private final Random random;
    private final NatsServer server = NatsServer.start();
    private final FaultProxy slow = FaultProxy.before(server.port());
    private final Nats nats;
    private final Map<String, String> variables = new HashMap<>();
    private Feed feed;
    private Unsettled unsettled;
    private PipeProcess pipe;

    /** Counts what is in hand. */
    @FunctionalInterface
    private interface Unsettled {
        long count() throws IOException, JetStreamApiException;
    }

    private CrashRun(String name, Plan plan) throws Exception {
        this.name = name;
        this.plan = plan;
        this.random = new Random(plan.seed());
        this.nats = new Nats(server);
        nats.stream("IN", "in.>");
        nats.stream("OUT", "out.>");
        slow.delay(Duration.ofMillis(20)); // so that messages are in hand at any moment
        variables.put("SINK_URI", "jetstream://OUT?subject=out.number");
        variables.put("SINK_NATS_SERVER_URL", "nats://127.0.0.1:" + slow.port());
        variables.put("NATS_SERVER_URL", server.url());
        variables.put("WASM_MODULES", "uppercase.wasm");
        variables.put("MANAGEMENT_PORT", "off");
    }

    /** HTTP to a stream: in hand are the requests without an answer. */
    static void httpToJetStream(Plan plan) throws Exception {
        try (CrashRun run = new CrashRun("http to jetstream", plan)) {
            int port = Ports.free();
            HttpFeed feed = new HttpFeed(port, plan.messages());
            run.feed = feed;
            run.unsettled = feed::inFlight;
            run.variables.put("SOURCE_URI", "http://127.0.0.1:" + port + "/events?timeout=3s");
            run.go();
        }
    }

    /** Stream to stream: in hand is what the consumer has delivered and not seen acknowledged. */
    static void jetStreamToJetStream(Plan plan) throws Exception {
        try (CrashRun run = new CrashRun("jetstream to jetstream", plan)) {
            run.feed = new StreamFeed(run.nats, "OUT", plan.messages());
            run.unsettled = () -> run.nats.consumer("IN", "pipe").getNumAckPending();
            run.variables.put("SOURCE_URI", "jetstream://IN?durable=pipe&ack_wait=" + LEASE.toSeconds() + "s");
            run.go();
        }
    }

    private void go() throws Exception {
        System.out.println("crash " + name + ": " + plan);
        pipe = PipeProcess.start(variables);
        feed.start(PRODUCERS);
        for (Victim victim : victims()) {
            while (!kill(victim)) {}
        }
        report(feed.finish());
    }

    private List<Victim> victims() {
        List<Victim> victims = new ArrayList<>(Collections.nCopies(plan.pipeKills(), Victim.PIPE));
        victims.addAll(Collections.nCopies(plan.serverKills(), Victim.SERVER));
        Collections.shuffle(victims, random);
        return victims;
    }

    /** Kills at a random moment: true if that met messages in hand. */
    private boolean kill(Victim victim) throws Exception {
        pipe.ready(); // what arrives from now on is its own work, not the last one's that was still under way
        long before = nats.awaitCount("OUT");
        long share = plan.messages() / (plan.pipeKills() + plan.serverKills() + 1);
        long moment = before + 1 + random.nextLong(share);
        Await.until("the pipe works, stderr: " + pipe.err(), () -> nats.count("OUT") >= moment);
        long inHand = unsettled.count();
        switch (victim) {
            case PIPE -> {
                pipe.kill();
                pipe = PipeProcess.start(variables);
            }
            case SERVER -> {
                server.kill();
                server.restart();
            }
        }
        System.out.println("crash " + name + ": kill -9 of the " + victim + " after " + moment + " messages, unsettled "
                + inHand + (inHand == 0 ? ", not counted" : ""));
        return inHand > 0;
    }

    private void report(Set<Integer> acknowledged) throws Exception {
        Set<Integer> lost = new HashSet<>(acknowledged);
        List<Integer> seen = new ArrayList<>();
        long giveUp = System.nanoTime() + Await.PATIENCE.toNanos();
        long idleSince = System.nanoTime();
        long last = 0;
        while (!lost.isEmpty() && System.nanoTime() < giveUp && System.nanoTime() - idleSince < 3 * LEASE.toNanos()) {
            long count = nats.awaitCount("OUT");
            if (count != last) {
                last = count;
                idleSince = System.nanoTime();
                seen = nats.bodies("OUT", "out.>").stream().map(Feed::number).toList();
                seen.forEach(lost::remove);
            }
            Thread.sleep(100);
        }
        int duplicates = seen.size() - new HashSet<>(seen).size();
        System.out.println("crash " + name + ": acknowledged " + acknowledged.size() + ", at the sink " + seen.size()
                + ", lost " + lost.size() + ", duplicates " + duplicates);
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(plan.messages());
        assertThat(lost)
                .as("acknowledged and not at the sink, seed " + plan.seed())
                .isEmpty();
    }

    @Override
    public void close() {
        if (feed != null) {
            feed.close();
        }
        if (pipe != null) {
            pipe.close();
        }
        nats.close();
        slow.close();
        server.close();
    }
}
