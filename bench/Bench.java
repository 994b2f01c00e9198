import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Runs {no pipe, raw client loop, wasm-pipes, wasm-pipes with uppercase} back to back, several times, each against a fresh
 * nats-server, and prints medians: messages per second, CPU seconds of the relay's process per million messages, exec to
 * first message. Broker, load and relay share the machine: read the ratios. Options: [--reps N] [--count N].
 */
final class Bench {
    private static final List<String> JVM = List.of(
            "-Xmx256m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    private static final int WARM = 30_000;
    private static final String RAW = "raw jnats loop";
    private static final String OURS = "wasm-pipes";
    private static final String UPPERCASE = "wasm-pipes + uppercase";

    private record Run(double firstMillis, Load.Result result) {}

    private final int reps;
    private final int count;

    private Bench(int reps, int count) {
        this.reps = reps;
        this.count = count;
    }

    public static void main(String[] args) throws Exception {
        List<String> options = Arrays.asList(args);
        Bench bench = new Bench(number(options, "--reps", 3), number(options, "--count", 150_000));
        System.out.printf("%s · %d cores · Java %d · %s · %d warm + %d measured · medians of %d · JVM %s%n",
                LocalDate.now(), Runtime.getRuntime().availableProcessors(), Runtime.version().feature(), Load.terms(), WARM,
                bench.count, bench.reps, String.join(" ", JVM.subList(0, 2)));
        bench.block("NATS → NATS", false);
        bench.block("JetStream → JetStream", true);
    }

    private static int number(List<String> options, String name, int otherwise) {
        int at = options.indexOf(name);
        return at < 0 ? otherwise : Integer.parseInt(options.get(at + 1));
    }

    private void block(String name, boolean jetstream) throws Exception {
        Map<String, List<Run>> runs = new LinkedHashMap<>();
        for (int rep = 0; rep < reps; rep++) {
            runs.computeIfAbsent("no pipe", k -> new ArrayList<>()).add(alone(jetstream));
            for (String who : List.of(RAW, OURS, UPPERCASE)) {
                runs.computeIfAbsent(who, k -> new ArrayList<>()).add(measure(who, jetstream));
            }
        }
        double raw = median(runs.get(RAW), run -> run.result().messagesPerSecond());
        System.out.printf("%n| %s | messages/s | ratio to raw | CPU s per million | exec → first message ms | lost | duplicated |%n", name);
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

    private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
        double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private Run alone(boolean jetstream) throws Exception {
        try (Server server = new Server()) {
            if (jetstream) {
                server.streams();
            }
            return new Run(0, new Load(server.url(), Load.OUT, jetstream).run(null, WARM, count));
        }
    }

    private Run measure(String who, boolean jetstream) throws Exception {
        try (Server server = new Server()) {
            if (jetstream) {
                server.streams();
            }
            Load load = new Load(server.url(), "bench.in", jetstream);
            long start = System.nanoTime();
            Process relay = relay(who, jetstream, server.url()).start();
            try {
                double first = load.firstMessage(start);
                return new Run(first, load.run(relay.toHandle(), WARM, count));
            } finally {
                relay.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    private static ProcessBuilder relay(String who, boolean jetstream, String url) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(JVM);
        if (who.equals(RAW)) {
            command.addAll(List.of("-cp", System.getProperty("raw.classpath"), "RawRelay", url, jetstream ? "jetstream" : "core"));
        } else {
            command.addAll(List.of("-jar", "target/app/wasm-pipes.jar"));
        }
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO().redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> env = builder.environment();
        env.put("NATS_SERVER_URL", url);
        env.put("MANAGEMENT_PORT", "off");
        env.put("SOURCE_URI", jetstream ? "jetstream://IN?subject=bench.in&durable=pipe" : "nats://bench.in");
        env.put("SINK_URI", jetstream ? "jetstream://OUT?subject=bench.out" : "nats://bench.out");
        if (who.equals(UPPERCASE)) {
            env.put("WASM_MODULES", "uppercase.wasm");
        }
        return builder;
    }
}
