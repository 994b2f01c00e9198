package io.wasmpipes.cases;

import io.wasmpipes.Message;
import io.wasmpipes.cases.ModuleCase.Expected;
import io.wasmpipes.cases.ModuleCase.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Holds what came of a message against what was expected. One thread. */
final class Comparison {
    private final List<String> faults = new ArrayList<>();

    private Comparison() {}

    /** What is not as expected. */
    static List<String> of(Step step, CaseRunner.Result result, Map<String, Long> counts) {
        Comparison comparison = new Comparison();
        comparison.compare(step, result, counts);
        return comparison.faults;
    }

    private void compare(Step step, CaseRunner.Result result, Map<String, Long> counts) {
        if (result.verdict() != step.verdict()) {
            String why = result.reason().isEmpty() ? "" : ": " + result.reason();
            faults.add("expected %s, got %s%s".formatted(word(step.verdict()), word(result.verdict()), why));
            return;
        }
        if (!result.reason().contains(step.reason())) {
            faults.add("expected a reason with \"%s\", got \"%s\"".formatted(step.reason(), result.reason()));
        }
        step.counts().filter(expected -> !expected.equals(counts)).ifPresent(expected -> {
            faults.add("expected the counts " + expected + ", got " + counts);
        });
        int wanted = step.outputs().size();
        if (result.outputs().size() != wanted) {
            String dropped = result.outputs().isEmpty() ? " (dropped)" : "";
            String noun = wanted == 1 ? "output" : "outputs";
            faults.add("expected %d %s, got %d%s"
                    .formatted(wanted, noun, result.outputs().size(), dropped));
            return;
        }
        for (int i = 0; i < wanted; i++) {
            compare(step.outputs().get(i), result.outputs().get(i), wanted == 1 ? "" : "output " + (i + 1) + " ");
        }
    }

    private static String word(ModuleCase.Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    private void compare(Expected expected, Message output, String which) {
        Message wanted = expected.message();
        if (wanted.body().utf8().equals(output.body().utf8())) {
            differ(which + "bytes", wanted.body(), output.body());
        } else {
            differ(which + "body", wanted.body().utf8(), output.body().utf8());
        }
        differ(which + "label", String.valueOf(wanted.label()), String.valueOf(output.label()));
        if (expected.headers()) {
            differ(which + "headers", texts(wanted), texts(output));
        }
        if (expected.key()) {
            differ(which + "key", String.valueOf(wanted.key()), String.valueOf(output.key()));
        }
    }

    private static List<String> texts(Message message) {
        return message.headers().list().stream()
                .map(header -> header.name() + ": " + header.text())
                .toList();
    }

    private <T> void differ(String what, T wanted, T found) {
        if (!wanted.equals(found)) {
            faults.add("expected %s %s, got %s".formatted(what, wanted, found));
        }
    }
}
