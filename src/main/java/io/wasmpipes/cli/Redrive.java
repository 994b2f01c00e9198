package io.wasmpipes.cli;

import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sends dead letters on their way again: out of the box only when the sink has confirmed. A letter has a new id, the same at
 * every redrive of it, so that a sink which remembers the message does not drop it, and does drop a second redrive. One thread.
 */
public final class Redrive {
    /** What became of some letters: how many are under way again, and why the others are not. */
    public record Result(int sent, Map<Letter, String> failures) {
        public Result {
            failures = Map.copyOf(failures);
        }
    }

    private final DeadLetterBox box;

    public Redrive(DeadLetterBox box) {
        this.box = box;
    }

    /**
     * Sends letters to one sink.
     *
     * @throws TransientException if the box cannot be told; then letters that were sent may be sent again
     */
    public Result send(List<Letter> letters, Sink sink) throws TransientException, InterruptedException {
        List<Letter> sent = new ArrayList<>();
        Map<Letter, String> failures = new java.util.LinkedHashMap<>();
        List<Outcome> outcomes = outcomes(letters, sink);
        for (int i = 0; i < letters.size(); i++) {
            switch (outcomes.get(i)) {
                case Outcome.Confirmed() -> sent.add(letters.get(i));
                case Outcome.Failed(var why) -> failures.put(letters.get(i), String.valueOf(why.getMessage()));
            }
        }
        box.done(sent);
        box.giveBack(List.copyOf(failures.keySet()));
        return new Result(sent.size(), failures);
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
