import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.slf4j.LoggerFactory;

/**
 * Runs {no pipe, raw client loop, wasm-pipes, wasm-pipes with uppercase} back to back, several times, each against a fresh
 * broker, and prints medians: messages per second, CPU seconds of the relay's process per million messages, exec to first
 * message. Broker, load and relay share the machine: read the ratios. A run that loses a message ends the benchmark.
 * At last the time of each module, see {@link ModuleBench}. Options: [--reps N] [--count N] [--only WORD].
 */
final class Bench {
    private static final int WARM = 30_000;
    private static final String RAW = "raw client loop";
    private static final String OURS = "wasm-pipes";
    private static final String UPPERCASE = "wasm-pipes + uppercase";

    private record Run(double firstMillis, Load.Result result) {}

    /** Starts a broker of its own for one run. */
    private interface Start {
        Rig rig() throws Exception;
    }

    private final int reps;
    private final int count;
    private final String only;

    private Bench(int reps, int count, String only) {
        this.reps = reps;
        this.count = count;
        this.only = only;
    }

    public static void main(String[] args) throws Exception {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
        List<String> options = Arrays.asList(args);
        Bench bench = new Bench(
                Integer.parseInt(option(options, "--reps", "3")),
                Integer.parseInt(option(options, "--count", "150000")),
                option(options, "--only", ""));
        System.out.printf("%s · %d cores · Java %d · %s · %d warm + %d measured · medians of %d · JVM %s%n",
                LocalDate.now(), Runtime.getRuntime().availableProcessors(), Runtime.version().feature(), Load.terms(), WARM,
                bench.count, bench.reps, String.join(" ", Relay.JVM.subList(0, 2)));
        bench.block("NATS → NATS", () -> NatsRig.start(false));
        bench.block("JetStream → JetStream", () -> NatsRig.start(true));
        bench.block("Kafka → Kafka, 1 partition", () -> KafkaRig.start(1));
        bench.block("Kafka → Kafka, 4 partitions", () -> KafkaRig.start(4));
        bench.block("RabbitMQ → RabbitMQ, durable", RabbitRig::start);
        bench.modules();
        System.exit(0); // whatever threads clients have left behind
    }

    private static String option(List<String> options, String name, String otherwise) {
        int at = options.indexOf(name);
        return at < 0 ? otherwise : options.get(at + 1);
    }

    private void block(String name, Start start) throws Exception {
        if (!name.contains(only)) {
            return;
        }
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        for (int rep = 0; rep < reps; rep++) {
            runs.computeIfAbsent("no pipe", k -> new ArrayList<>()).add(alone(start));
            for (String who : List.of(RAW, OURS, UPPERCASE)) {
                runs.computeIfAbsent(who, k -> new ArrayList<>()).add(measure(who, start));
            }
        }
        double raw = median(runs.get(RAW), run -> run.result().messagesPerSecond());
        System.out.printf("%n**%s**, window %d%n%n", name, window(start));
        System.out.println("| who | messages/s | ratio to raw | CPU s per million | exec → first message ms | lost | duplicated |");
        System.out.println("|---|---|---|---|---|---|---|");
        runs.forEach((who, all) -> System.out.printf("| %s | %,.0f | %.2f | %.1f | %.0f | %d | %d |%n",
                who,
                median(all, run -> run.result().messagesPerSecond()),
                median(all, run -> run.result().messagesPerSecond()) / raw,
                median(all, run -> run.result().cpuSecondsPerMillion()),
                median(all, Run::firstMillis),
                all.stream().mapToInt(run -> run.result().lost()).sum(),
                all.stream().mapToInt(run -> run.result().duplicated()).sum()));
    }

    /** In a process of its own, with the flags of wasm-pipes. */
    private void modules() throws Exception {
        if ("Modules".contains(only)) {
            int exit = new ProcessBuilder(Relay.inside("ModuleBench")).inheritIO().start().waitFor();
            if (exit != 0) {
                throw new IllegalStateException("ModuleBench ended with " + exit);
            }
        }
    }

    /** Prints the clients' options of both sides, and answers the window. */
    private static int window(Start start) throws Exception {
        try (Rig rig = start.rig()) {
            List<String> raw = rig.rawOptions();
            if (!raw.isEmpty()) {
                System.out.println("\nraw: " + String.join(", ", raw));
                System.out.println("pipe: " + String.join(", ", rig.pipeOptions()));
            }
            return rig.window();
        }
    }

    private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private Run alone(Start start) throws Exception {
        try (Rig rig = start.rig()) {
            return new Run(0, new Load(rig).run(null, WARM, count));
        }
    }

    private Run measure(String who, Start start) throws Exception {
        try (Rig rig = start.rig()) {
            Load load = new Load(rig);
            long begin = System.nanoTime();
            Process relay = Relay.process(command(who, rig), Map.of()).start();
            try {
                double first = load.firstMessage(begin);
                Load.Result result = load.run(relay.toHandle(), WARM, count);
                if (result.lost() > 0) {
                    throw new IllegalStateException(who + " has lost " + result.lost() + " messages");
                }
                return new Run(first, result);
            } finally {
                relay.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    private static List<String> command(String who, Rig rig) {
        if (who.equals(RAW)) {
            return Relay.raw(rig.raw());
        }
        Map<String, String> variables = new HashMap<>(rig.pipe());
        if (who.equals(UPPERCASE)) {
            variables.put("WASM_MODULES", "uppercase.wasm");
        }
        return Relay.pipe(variables);
    }
}
