package io.wasmpipes.pipe;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.Stage;
import io.wasmpipes.State;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The stages of one lane in a row: what one makes is what the next one gets; labelled outputs leave at once. */
final class Chain implements AutoCloseable {
    private record LaneScope(State state, PipeEvents events, String module) implements Scope {
        @Override
        public void count(String name, long delta) {
            events.counted(module, name, delta);
        }

        @Override
        public void used(Usage usage, long amount) {
            events.moduleUsed(module, usage, amount);
        }

        @Override
        public void memory(long bytes, boolean renewed) {
            events.moduleMemory(module, bytes, renewed);
        }
    }

    private final List<Stage.Factory> factories;
    private final List<Stage> stages = new ArrayList<>();
    private final PipeEvents events;
    private final String digest;

    private Chain(List<Stage.Factory> factories, PipeEvents events) {
        this.factories = factories;
        this.events = events;
        this.digest = factories.stream().map(Stage.Factory::digest).collect(Collectors.joining(","));
    }

    static Chain open(List<Stage.Factory> factories, PipeEvents events) throws ConfigException {
        Chain chain = new Chain(factories, events);
        try {
            for (Stage.Factory factory : factories) {
                chain.stages.add(factory.open());
            }
        } catch (ConfigException e) {
            chain.close();
            throw e;
        }
        return chain;
    }

    boolean isEmpty() {
        return factories.isEmpty();
    }

    /** Whether it was opened of these very factories. */
    boolean isOf(List<Stage.Factory> others) {
        return factories.equals(others);
    }

    /** Identifies all of it. */
    String digest() {
        return digest;
    }

    /** The digest of the stage of this name, empty if there is none. */
    String digest(String stage) {
        return factories.stream()
                .filter(factory -> factory.name().equals(stage))
                .map(Stage.Factory::digest)
                .collect(Collectors.joining());
    }

    List<Message> run(Message input, State state, Trail trail)
            throws TransientException, PoisonException, InterruptedException {
        List<Message> outputs = new ArrayList<>();
        run(0, input, new Run(state, trail), outputs);
        return outputs;
    }

    private record Run(State state, Trail trail) {}

    private void run(int index, Message message, Run run, List<Message> outputs)
            throws TransientException, PoisonException, InterruptedException {
        if (index == stages.size() || message.label() != null) {
            outputs.add(message);
            return;
        }
        for (Message made : apply(stages.get(index), message, run)) {
            run(index + 1, made, run, outputs);
        }
    }

    private List<Message> apply(Stage stage, Message message, Run run)
            throws TransientException, PoisonException, InterruptedException {
        long start = System.nanoTime();
        List<Message> made;
        try {
            made = stage.apply(message, new LaneScope(run.state, events, stage.name()));
        } catch (TransientException | PoisonException e) {
            run.trail.failed(stage.name(), message, e, start);
            throw e;
        }
        events.moduleRan(stage.name(), System.nanoTime() - start);
        run.trail.ran(stage.name(), message, made, start);
        if (made.isEmpty()) {
            events.filtered(stage.name());
        } else {
            events.moduleMade(stage.name(), made.size(), bytes(made));
        }
        return made;
    }

    private static long bytes(List<Message> messages) {
        long sum = 0;
        for (Message message : messages) {
            sum += message.body().length();
        }
        return sum;
    }

    @Override
    public void close() {
        stages.forEach(Stage::close);
        stages.clear();
    }
}
