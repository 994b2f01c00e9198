package io.wasmpipes.config;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** Writes problems for people: one line each, naming variable, rule, value and hint. */
public final class ProblemReport {
    private static final int LONGEST_VALUE = 200;

    private ProblemReport() {}

    /** A heading and a line per problem, each line ended. */
    public static String text(ConfigException failure) {
        List<Problem> problems = failure.problems();
        String heading = problems.size() == 1
                ? "the configuration has a problem:\n"
                : "the configuration has " + problems.size() + " problems:\n";
        return problems.stream().map(p -> "  " + line(p) + "\n").collect(Collectors.joining("", heading, ""));
    }

    /** One problem or warning as one line, without its end. */
    public static String line(Problem problem) {
        String value = problem.value();
        String shown = value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) + "…" : value;
        return new Problem(problem.subject(), shown, problem.rule(), problem.hint())
                .toString()
                .replaceAll("\\R", " ⏎ ");
    }
}
