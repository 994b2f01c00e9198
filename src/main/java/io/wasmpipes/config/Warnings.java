package io.wasmpipes.config;

import io.wasmpipes.Problem;
import java.util.ArrayList;
import java.util.List;

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
}
