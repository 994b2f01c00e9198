package io.wasmpipes.wasm.cases;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.Stage;
import io.wasmpipes.State;
import io.wasmpipes.TransientException;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.wasm.ModuleSpec;
import io.wasmpipes.wasm.WasmHost;
import io.wasmpipes.wasm.WasmLimits;
import io.wasmpipes.wasm.cases.ModuleCase.Expected;
import io.wasmpipes.wasm.cases.ModuleCase.Step;
import io.wasmpipes.wasm.cases.ModuleCase.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs the cases of a module and says what is not as expected. */
public final class CaseRunner {
    private final WasmHost host;
    private final ModuleImage image;

    public CaseRunner(WasmHost host, ModuleImage image) {
        this.host = host;
        this.image = image;
    }

    /** What a step led to. */
    private record Result(Verdict verdict, List<Message> outputs, String reason) {}

    /** Runs one case; no lines mean that it passed. */
    public List<String> run(ModuleCase test) throws ConfigException, InterruptedException {
        ModuleSpec spec = new ModuleSpec(image.name(), image, test.config(), null, null, WasmLimits.DEFAULT);
        try (Stage stage = host.load(spec).open()) {
            return test.startRefused() ? List.of("expected that it does not start, but it did") : steps(test, stage);
        } catch (ConfigException e) {
            if (!test.startRefused()) {
                throw e;
            }
            String why = String.valueOf(e.getMessage());
            return why.contains(test.startReason())
                    ? List.of()
                    : List.of("expected that it does not start because of " + test.startReason() + ", but " + why);
        }
    }

    private static List<String> steps(ModuleCase test, Stage stage) throws InterruptedException {
        List<String> faults = new ArrayList<>();
        MemoryState state = new MemoryState();
        test.cache().forEach((key, value) -> state.set(key, Bytes.utf8(value), null));
        int number = 0;
        for (Step step : test.steps()) {
            number++;
            state.pass(step.after());
            Map<String, Long> counts = new HashMap<>();
            Result result = apply(stage, step.input(), new Surface(state, counts));
            for (String fault : compare(step, result, counts)) {
                faults.add(test.steps().size() == 1 ? fault : "message " + number + ": " + fault);
            }
        }
        test.cacheAfter().filter(after -> !after.equals(state.texts())).ifPresent(after -> {
            faults.add("expected the cache to hold " + after + ", it holds " + state.texts());
        });
        return faults;
    }

    private static Result apply(Stage stage, Message input, Scope scope) throws InterruptedException {
        try {
            return new Result(Verdict.ACCEPT, stage.apply(input, scope), "");
        } catch (PoisonException e) {
            return new Result(Verdict.REJECT, List.of(), String.valueOf(e.getMessage()));
        } catch (TransientException e) {
            return new Result(Verdict.RETRY, List.of(), String.valueOf(e.getMessage()));
        }
    }

    private static List<String> compare(Step step, Result result, Map<String, Long> counts) {
        List<String> faults = new ArrayList<>();
        if (result.verdict != step.verdict()) {
            faults.add("expected %s, got %s %s".formatted(step.verdict(), result.verdict, result.reason));
            return faults;
        }
        if (!result.reason.contains(step.reason())) {
            faults.add("expected a reason with \"%s\", got \"%s\"".formatted(step.reason(), result.reason));
        }
        step.counts().filter(expected -> !expected.equals(counts)).ifPresent(expected -> {
            faults.add("expected the counts " + expected + ", got " + counts);
        });
        if (result.outputs.size() != step.outputs().size()) {
            String dropped = result.outputs.isEmpty() ? " (dropped)" : "";
            faults.add(
                    "expected %d outputs, got %d%s".formatted(step.outputs().size(), result.outputs.size(), dropped));
            return faults;
        }
        for (int i = 0; i < result.outputs.size(); i++) {
            compare(step.outputs().get(i), result.outputs.get(i), "output " + (i + 1), faults);
        }
        return faults;
    }

    private static void compare(Expected expected, Message output, String which, List<String> faults) {
        Message wanted = expected.message();
        differ(which + " body", wanted.body().utf8(), output.body().utf8(), faults);
        differ(which + " bytes", wanted.body(), output.body(), faults);
        differ(which + " label", String.valueOf(wanted.label()), String.valueOf(output.label()), faults);
        if (expected.headers()) {
            differ(which + " headers", texts(wanted), texts(output), faults);
        }
        if (expected.key()) {
            differ(which + " key", String.valueOf(wanted.key()), String.valueOf(output.key()), faults);
        }
    }

    private static List<String> texts(Message message) {
        return message.headers().list().stream()
                .map(header -> header.name() + ": " + header.text())
                .toList();
    }

    private static <T> void differ(String what, T wanted, T found, List<String> faults) {
        if (!wanted.equals(found)) {
            faults.add("expected %s %s, got %s".formatted(what, wanted, found));
        }
    }

    /** The pipe as the stage sees it. */
    private record Surface(State state, Map<String, Long> counts) implements Scope {
        @Override
        public void count(String name, long delta) {
            counts.merge(name, delta, Long::sum);
        }
    }
}
