package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Kills the pipe between two systems with kill -9 again and again while numbered messages flow, and looks for what was
 * stored at one end and never came out at the other. A kill counts only if the pipe had messages in hand.
 */
final class KillRun implements AutoCloseable {
    private static final Duration QUIET = Duration.ofSeconds(60);
    private static final int AHEAD = 2000;
    private static final int BATCH = 100;
    private static final int IN_FLIGHT = 200;
    private static final Pattern HELD = Pattern.compile("wasmpipes_in_flight_messages\\{[^}]*} ([0-9.E]+)");

    /** How much of it. */
    record Plan(int messages, int kills, long seed) {}

    private final String name;
    private final Site from;
    private final Site to;
    private final Plan plan;
    private final Random random;
    private final Map<String, String> variables = new HashMap<>();
    private final Thread feeder = Thread.ofVirtual().unstarted(this::feed);
    private final AtomicInteger put = new AtomicInteger();
    private volatile boolean enough;
    private volatile @Nullable Exception broken;
    private PipeProcess pipe;

    private KillRun(String name, Site from, Site to, Plan plan) {
        this.name = name;
        this.from = from;
        this.to = to;
        this.plan = plan;
        this.random = new Random(plan.seed());
        variables.putAll(from.asSource());
        variables.putAll(to.asSink());
        variables.put("MAX_IN_FLIGHT", Integer.toString(IN_FLIGHT));
        variables.put("MANAGEMENT_HOST", "127.0.0.1");
        variables.put("MANAGEMENT_PORT", Integer.toString(Ports.free()));
        pipe = PipeProcess.start(variables);
    }

    /** At least once: nothing is lost, and no more comes twice than was in hand at the kills. */
    static void atLeastOnce(String name, Site from, Site to, Plan plan) throws Exception {
        try (KillRun run = new KillRun(name, from, to, plan)) {
            List<Integer> arrived = run.go();
            assertThat(Arrivals.duplicates(arrived))
                    .as("duplicates, seed " + plan.seed())
                    .isLessThanOrEqualTo(plan.kills() * IN_FLIGHT);
        }
    }

    /** As {@link #atLeastOnce}, and the numbers of each key come in order. */
    static void inOrder(String name, Site from, Site to, Plan plan) throws Exception {
        try (KillRun run = new KillRun(name, from, to, plan)) {
            List<Integer> arrived = run.go();
            assertThat(Arrivals.duplicates(arrived)).isLessThanOrEqualTo(plan.kills() * IN_FLIGHT);
            assertThat(Arrivals.outOfOrder(arrived))
                    .as("out of order, seed " + plan.seed())
                    .isNull();
        }
    }

    private List<Integer> go() throws Exception {
        System.out.println("kill " + name + ": " + plan);
        feeder.start();
        for (int i = 0; i < plan.kills(); i++) {
            kill();
        }
        enough = true;
        feeder.join(Await.PATIENCE);
        assertThat(broken).isNull();
        return settle();
    }

    /** Puts numbers in, a bounded way ahead of what comes out, so that the pipe always has work and never all of it. */
    private void feed() {
        try {
            while (put.get() < plan.messages() || !enough) {
                if (put.get() - to.arrived().size() < AHEAD) {
                    int next = put.get();
                    from.put(IntStream.range(next, next + BATCH).boxed().toList());
                    put.set(next + BATCH);
                } else {
                    Thread.sleep(10);
                }
            }
        } catch (Exception e) {
            broken = e;
        }
    }

    /** Kills at the first moment with messages in hand after a random one. */
    private void kill() throws Exception {
        pipe.ready();
        int before = to.arrived().size();
        int moment = before + 1 + random.nextInt(plan.messages() / (plan.kills() + 1));
        Await.until(
                "the pipe works, stderr: " + pipe.err(),
                () -> broken != null || to.arrived().size() >= moment);
        int[] held = new int[1];
        Await.until("messages are in hand", () -> broken != null || (held[0] = held()) > 0);
        pipe.kill();
        pipe = PipeProcess.start(variables);
        System.out.println("kill " + name + ": kill -9 after " + moment + " messages, unsettled " + held[0]);
    }

    private int held() {
        Matcher line =
                HELD.matcher(PipeProcess.get(pipe.managementPort(), "/metrics").body());
        return line.find() ? (int) Double.parseDouble(line.group(1)) : 0;
    }

    /** Waits until everything has come out, or nothing does any more. */
    private List<Integer> settle() throws InterruptedException {
        Set<Integer> lost = new HashSet<>();
        int last = -1;
        long since = System.nanoTime();
        List<Integer> arrived = to.arrived();
        do {
            lost.addAll(IntStream.range(0, put.get()).boxed().toList());
            arrived = to.arrived();
            arrived.forEach(lost::remove);
            if (arrived.size() != last) {
                last = arrived.size();
                since = System.nanoTime();
            }
            Thread.sleep(100);
        } while (!lost.isEmpty() && System.nanoTime() - since < QUIET.toNanos());
        System.out.println("kill " + name + ": stored " + put + ", at the sink " + arrived.size() + ", lost "
                + lost.size() + ", duplicates " + Arrivals.duplicates(arrived));
        assertThat(put).hasValueGreaterThanOrEqualTo(plan.messages());
        assertThat(lost)
                .as("stored and not at the sink, seed " + plan.seed() + ", stderr: " + pipe.err())
                .isEmpty();
        return arrived;
    }

    @Override
    public void close() {
        enough = true;
        feeder.interrupt();
        pipe.close();
    }
}
