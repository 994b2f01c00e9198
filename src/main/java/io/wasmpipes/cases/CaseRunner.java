package io.wasmpipes.cases;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.Stage;
import io.wasmpipes.TransientException;
import io.wasmpipes.cases.ModuleCase.Step;
import io.wasmpipes.cases.ModuleCase.Verdict;
import io.wasmpipes.wasm.ModuleSpec;
import io.wasmpipes.wasm.WasmHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Runs the cases of a chain and says what is not as expected. One thread. */
public final class CaseRunner {
    private final WasmHost host;
    private final World world;
    private final List<ModuleSpec> chain;

    /** {@code host} was made with this {@code world}. */
    public CaseRunner(WasmHost host, World world, List<ModuleSpec> chain) {
        this.host = host;
        this.world = world;
        this.chain = List.copyOf(chain);
    }

    /**
     * Runs one case.
     *
     * @return what is not as expected; no lines mean that it passed
     * @throws ConfigException if the chain does not start though it should
     */
    public List<String> run(ModuleCase test) throws ConfigException, InterruptedException {
        world.begin(test);
        List<Stage> stages = new ArrayList<>();
        try {
            open(test, stages);
            return test.startRefused() ? List.of("expected that it does not start, but it did") : steps(test, stages);
        } catch (ConfigException e) {
            if (!test.startRefused()) {
                throw e;
            }
            String why = String.valueOf(e.getMessage());
            return why.contains(test.startReason())
                    ? List.of()
                    : List.of("expected that it does not start because of " + test.startReason() + ", but " + why);
        } finally {
            stages.forEach(Stage::close);
        }
    }

    private void open(ModuleCase test, List<Stage> stages) throws ConfigException {
        for (String alias : test.config().keySet()) {
            if (!alias.isEmpty()
                    && chain.stream().noneMatch(spec -> spec.alias().equals(alias))) {
                throw new ConfigException(
                        "case \"" + test.name() + "\" config", alias, "is no module of the chain", "");
            }
        }
        Map<String, String> only = test.config().getOrDefault("", Map.of());
        if (chain.size() > 1 && !only.isEmpty()) {
            String keys = new TreeSet<>(only.keySet()).toString();
            String hint = "config: {ALIAS: {KEY: VALUE}}";
            throw new ConfigException(
                    "case \"" + test.name() + "\" config", keys, "must say which module of the chain it is for", hint);
        }
        for (ModuleSpec spec : chain) {
            Map<String, String> config = new HashMap<>(spec.config());
            config.putAll(only);
            config.putAll(test.config().getOrDefault(spec.alias(), Map.of()));
            stages.add(host.load(spec.withConfig(config)).open());
        }
    }

    private List<String> steps(ModuleCase test, List<Stage> stages) throws InterruptedException {
        List<String> faults = new ArrayList<>();
        MemoryState state = new MemoryState();
        test.cache().forEach((key, value) -> state.set(key, Bytes.utf8(value), null));
        int number = 0;
        for (Step step : test.steps()) {
            number++;
            state.pass(step.after());
            world.pass(step.after());
            Surface surface = new Surface(state, new HashMap<>());
            Result result = apply(stages, step.input(), surface);
            for (String fault : Comparison.of(step, result, surface.counts)) {
                faults.add(test.steps().size() == 1 ? fault : "message " + number + ": " + fault);
            }
        }
        test.cacheAfter().filter(after -> !after.equals(state.texts())).ifPresent(after -> {
            faults.add("expected the cache to hold " + after + ", it holds " + state.texts());
        });
        return faults;
    }

    /** What a step led to. */
    record Result(Verdict verdict, List<Message> outputs, String reason) {}

    /** What a message wrote to the cache stands if it is accepted. */
    private static Result apply(List<Stage> stages, Message input, Surface surface) throws InterruptedException {
        MemoryState before = surface.state.copy();
        try {
            List<Message> outputs = new ArrayList<>();
            pass(stages, input, surface, outputs);
            return new Result(Verdict.ACCEPT, outputs, "");
        } catch (PoisonException e) {
            surface.state.backTo(before);
            return new Result(Verdict.REJECT, List.of(), String.valueOf(e.getMessage()));
        } catch (TransientException e) {
            surface.state.backTo(before);
            return new Result(Verdict.RETRY, List.of(), String.valueOf(e.getMessage()));
        }
    }

    private static void pass(List<Stage> rest, Message message, Scope scope, List<Message> outputs)
            throws TransientException, PoisonException, InterruptedException {
        if (rest.isEmpty() || message.label() != null) {
            outputs.add(message);
            return;
        }
        for (Message made : rest.getFirst().apply(message, scope)) {
            pass(rest.subList(1, rest.size()), made, scope, outputs);
        }
    }

    /** The pipe as the stages see it. */
    private record Surface(MemoryState state, Map<String, Long> counts) implements Scope {
        @Override
        public void count(String name, long delta) {
            counts.merge(name, delta, Long::sum);
        }
    }
}
