package io.wasmpipes;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration is wrong; carries every problem found. The process ends with exit code 78. */
public final class ConfigException extends PipeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")), null);
        this.problems = List.copyOf(problems);
    }

    public ConfigException(String subject, String value, String rule, String hint) {
        this(List.of(new Problem(subject, value, rule, hint)));
    }

    public List<Problem> problems() {
        return problems;
    }
}
