package io.wasmpipes.cli;

import io.wasmpipes.Promise;
import io.wasmpipes.Units;
import io.wasmpipes.config.Ends;
import io.wasmpipes.config.Flow;
import io.wasmpipes.config.Settings;
import java.util.ArrayList;
import java.util.List;

/** What becomes of messages that fail. */
record Failures(Explanation.End source, Settings settings) {
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "an end that is away: the pipe holds what it has, asks for no more and waits; no delivery is used up");
        lines.add(retried());
        lines.add(givenUp());
        source.facts().deliveries().ifPresent(most -> lines.add(lastDelivery(most)));
        lines.add("poison: " + poison());
        return lines;
    }

    private String retried() {
        Flow.Retry retry = settings.flow().retry();
        boolean back = source.promises(Promise.REDELIVERS) || source.promises(Promise.REPLIES);
        return "a message's own failure: retried in place every " + Units.text(retry.initialInterval()) + " to "
                + Units.text(retry.maxInterval()) + " for " + Units.text(retry.maxElapsed()) + ", then "
                + (back ? "handed back: the source " + source.facts().retry() : "retried again as a new delivery");
    }

    private String givenUp() {
        return "after " + settings.flow().retry().maxDeliveries() + " deliveries it counts as poison"
                + (source.promises(Promise.COUNTS_DELIVERIES) ? "" : " (counted in this process only)");
    }

    private String lastDelivery(int most) {
        boolean kept = settings.ends().deadLetters().isPresent();
        return "the source itself gives a message up after " + most + " deliveries: on the last one it counts as poison"
                + (kept ? "" : ", and WITHOUT DEAD_LETTER_URI it is lost to the pipe's sink");
    }

    private String poison() {
        Ends ends = settings.ends();
        if (ends.deadLetters().isPresent()) {
            String limit = ends.deadLetterLimit()
                    .map(l -> "; the pipe stops asking when more than " + l.letters() + " of " + l.messages()
                            + " went there")
                    .orElse("");
            return "goes to " + ends.deadLetters().get().endpoint() + limit;
        }
        if (source.promises(Promise.REJECTS)) {
            return "no DEAD_LETTER_URI, so the source " + source.facts().reject();
        }
        return ends.source().onReject() == Ends.OnReject.SKIP
                ? "on_reject=skip drops it, with a line in the log and a metric"
                : "no DEAD_LETTER_URI and no place at the source, so the pipe STOPS: set one, or on_reject=skip";
    }
}
