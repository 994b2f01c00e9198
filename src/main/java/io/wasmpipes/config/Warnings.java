package io.wasmpipes.config;

import io.wasmpipes.Adapter;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/** What is odd in settings that are right one by one. */
final class Warnings {
    private final Values values;

    Warnings(Values values) {
        this.values = values;
    }

    /** {@code others} and ours. */
    List<Problem> with(List<Problem> others) {
        List<Problem> all = new ArrayList<>();
        if (values.given(EndsParser.SINK).isEmpty()) {
            all.add(new Problem(
                    EndsParser.SINK, "", "is unset: results go to stdout", "set SINK_URI=stdout: to say so"));
        }
        if (values.given(ModulesParser.FILENAME).isPresent()) {
            String why = values.given(ModulesParser.MODULES).isPresent()
                    ? "has no effect beside WASM_MODULES"
                    : values.given(ModulesParser.ENABLED).isEmpty() ? "has no effect without WASM_ENABLED=true" : "";
            if (!why.isEmpty()) {
                all.add(new Problem(ModulesParser.FILENAME, values.text(ModulesParser.FILENAME), why, ""));
            }
        }
        all.addAll(others);
        return all;
    }

    /** A source that itself gives messages up, with nowhere to put them. */
    static List<Problem> of(Ends ends, Collection<Adapter> adapters) {
        Endpoint source = ends.source().endpoint();
        if (ends.deadLetters().isPresent()) {
            return List.of();
        }
        return adapters.stream()
                .filter(adapter -> adapter.schemes().contains(source.scheme()))
                .map(adapter -> adapter.facts(source).deliveries())
                .flatMapToInt(OptionalInt::stream)
                .mapToObj(most -> new Problem(
                        EndsParser.SOURCE,
                        source.toString(),
                        "gives a message up after " + most + " deliveries, and there is no DEAD_LETTER_URI",
                        "set DEAD_LETTER_URI to keep it"))
                .toList();
    }
}
