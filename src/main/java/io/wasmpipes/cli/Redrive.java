package io.wasmpipes.cli;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Sends dead letters on their way again: out of the box only when the sink has confirmed. A letter has a new id, the same at
 * every redrive of it, so that a sink which remembers the message does not drop it, and does drop a second redrive. One thread.
 */
public final class Redrive {
    private static final int BATCH = 100;

    /** How many are under way again, and how many were refused. */
    public record Result(int sent, int failed) {}

    /** Where the letters from one source go. */
    public interface Targets {
        Sink of(String source) throws ConfigException;
    }

    private final DeadLetterBox box;
    private final Targets targets;
    private final Consumer<String> told;
    private final List<Letter> kept = new ArrayList<>();
    private int sent;
    private int failed;

    /** {@code told} hears of each letter that stays, and why. */
    public Redrive(DeadLetterBox box, Targets targets, Consumer<String> told) {
        this.box = box;
        this.targets = targets;
        this.told = told;
    }

    /**
     * Sends those that are wanted, and ends with the first that fails: what is behind it would fare no better.
     *
     * @throws TransientException if the box cannot be told; then letters that were sent may be sent again
     * @throws ConfigException if letters have no target
     */
    public Result run(Predicate<Letter> wanted) throws ConfigException, TransientException, InterruptedException {
        List<Letter> letters = box.next(BATCH);
        while (failed == 0 && !letters.isEmpty()) {
            Map<Boolean, List<Letter>> mine = letters.stream()
                    .collect(Collectors.partitioningBy(letter -> wanted.test(letter) && !letter.truncated()));
            kept.addAll(mine.getOrDefault(false, List.of()));
            Map<String, List<Letter>> bySource = mine.getOrDefault(true, List.of()).stream()
                    .collect(Collectors.groupingBy(Letter::source, LinkedHashMap::new, Collectors.toList()));
            for (Map.Entry<String, List<Letter>> group : bySource.entrySet()) {
                send(group.getValue(), targets.of(group.getKey()));
            }
            letters = failed == 0 ? box.next(BATCH) : List.of();
        }
        box.giveBack(kept);
        kept.stream()
                .filter(letter -> letter.truncated() && wanted.test(letter))
                .forEach(letter -> told.accept(letter.id() + " stays: only the head of its body is there"));
        return new Result(sent, failed);
    }

    private void send(List<Letter> letters, Sink sink) throws TransientException, InterruptedException {
        List<Letter> confirmed = new ArrayList<>();
        List<Outcome> outcomes = outcomes(letters, sink);
        for (int i = 0; i < letters.size(); i++) {
            switch (outcomes.get(i)) {
                case Outcome.Confirmed() -> confirmed.add(letters.get(i));
                case Outcome.Failed(var why) -> {
                    failed++;
                    kept.add(letters.get(i));
                    told.accept(letters.get(i).id() + " stays: " + why.getMessage());
                }
            }
        }
        box.done(confirmed);
        sent += confirmed.size();
    }

    private static List<Outcome> outcomes(List<Letter> letters, Sink sink) throws InterruptedException {
        try {
            sink.connect();
        } catch (TransientException e) {
            return letters.stream()
                    .<Outcome>map(letter -> new Outcome.Failed(e))
                    .toList();
        }
        return sink.send(letters.stream().map(Redrive::message).toList()).await();
    }

    private static Message message(Letter letter) {
        Message message = letter.message();
        return message.withId(message.id().derive("redrive", letter.time().toString(), 0, ""));
    }
}
