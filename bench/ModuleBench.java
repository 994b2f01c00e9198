import io.wasmpipes.Bytes;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.Stage;
import io.wasmpipes.State;
import io.wasmpipes.cases.MemoryState;
import io.wasmpipes.cases.World;
import io.wasmpipes.module.FileModules;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.wasm.ModuleSpec;
import io.wasmpipes.wasm.WasmHost;
import io.wasmpipes.wasm.WasmLimits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The time that one message takes in each module of the library and in each SDK's uppercase, in one lane: prints nanoseconds
 * for JSON bodies of 100, 1,000 and 10,000 bytes, and what native C takes for uppercase. No cache and no broker are waited for.
 */
final class ModuleBench {
    private static final int[] SIZES = {100, 1_000, 10_000};
    private static final long WARM_NANOS = 2_000_000_000L;
    private static final int WARM_MESSAGES = 50_000; // large functions are compiled late
    private static final long LONGEST_NANOS = 20_000_000_000L;
    private static final long MEASURED_NANOS = 1_000_000_000L;
    private static final int BATCH = 20;

    private record Subject(String name, String path, Map<String, String> config) {
        static Subject module(String name, Map<String, String> config) {
            return new Subject(name, "modules/" + name + "/" + name + ".wasm", config);
        }

        static Subject sdk(String language) {
            return new Subject(
                    "uppercase by the SDK for " + language,
                    "modules/sdk/" + language + "/example.wasm",
                    Map.of("do", "uppercase"));
        }
    }

    private static final List<Subject> SUBJECTS = List.of(
            Subject.sdk("c"),
            Subject.sdk("rust"),
            Subject.sdk("assemblyscript"),
            Subject.sdk("go"),
            Subject.module("uppercase", Map.of()),
            Subject.module("hot", Map.of()),
            Subject.module("cold", Map.of()),
            Subject.module("dedup-name", Map.of()),
            Subject.module("tag", Map.of("header", "x", "value", "y")),
            Subject.module("vowels", Map.of()),
            Subject.module("dedup", Map.of("field", "id")),
            Subject.module("count", Map.of("expr", ".name")),
            Subject.module("filter", Map.of("expr", ".temp > 20")),
            Subject.module("map", Map.of("expr", "{id, temp}")),
            Subject.module("route", Map.of("expr", "if .temp > 20 then \"hot\" else null end")),
            Subject.module("split", Map.of("expr", ".list[]")),
            Subject.module("redact", Map.of("mask", ".name")),
            Subject.module("validate", Map.of("schema", "{\"required\":[\"id\"],\"properties\":{\"temp\":{\"minimum\":0}}}")));

    private record Surface(State state) implements Scope {
        @Override
        public void count(String name, long delta) {}
    }

    public static void main(String[] args) throws Exception {
        Path state = Files.createTempDirectory("module-bench");
        World world = new World();
        System.out.println("\n**Modules**, ns per message\n\n| module | 100 B | 1,000 B | 10,000 B |\n|---|---|---|---|");
        nativeC(state);
        try (WasmHost host = new WasmHost(state, world, world, world)) {
            for (Subject subject : SUBJECTS) {
                StringBuilder line = new StringBuilder("| " + subject.name + " |");
                Stage.Factory factory = load(host, subject);
                for (int size : SIZES) {
                    line.append(measured(factory, size)).append(" |");
                }
                System.out.println(line);
            }
        }
    }

    private static void nativeC(Path folder) throws Exception {
        Path program = folder.resolve("uppercase");
        if (new ProcessBuilder("cc", "-O2", "-o", program.toString(), "bench/uppercase.c").start().waitFor() != 0) {
            System.out.println("| uppercase in native C | no compiler | | |");
            return;
        }
        Process run = new ProcessBuilder(program.toString(), "100", "1000", "10000").start();
        String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        System.out.println("| uppercase in native C | " + String.join(" | ", said.strip().split("\n")) + " |");
    }

    private static Message message(int number, int size) {
        String head = "{\"id\":\"" + number + "\",\"name\":\"a name\",\"temp\":30,\"list\":[1,2],\"text\":\"";
        return Message.of(Bytes.utf8(head + "x".repeat(Math.max(0, size - head.length() - 2)) + "\"}"));
    }

    private static Stage.Factory load(WasmHost host, Subject subject) throws Exception {
        ModuleImage image = new FileModules(Path.of("")).load("bench", "./" + subject.path);
        return host.load(new ModuleSpec(subject.name, image, subject.config, null, null, WasmLimits.DEFAULT));
    }

    private static String measured(Stage.Factory factory, int size) throws Exception {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            messages.add(message(i, size));
        }
        try (Stage stage = factory.open()) {
            Scope scope = new Surface(new MemoryState());
            run(stage, messages, scope, WARM_NANOS, WARM_MESSAGES);
            return " %,.0f".formatted(run(stage, messages, scope, MEASURED_NANOS, 0));
        } catch (PoisonException e) {
            return " too large"; // the first ABI has 1024 bytes for a message
        }
    }

    /** For this time and at least so many messages, but no longer than {@link #LONGEST_NANOS}. */
    private static double run(Stage stage, List<Message> messages, Scope scope, long nanos, int least) throws Exception {
        long start = System.nanoTime();
        int count = 0;
        for (long spent = 0; spent < nanos || (count < least && spent < LONGEST_NANOS); spent = System.nanoTime() - start) {
            for (int i = 0; i < BATCH; i++) {
                stage.apply(messages.get(count++ % messages.size()), scope);
            }
        }
        return (double) (System.nanoTime() - start) / count;
    }
}
