package io.wasmpipes;

import java.util.ArrayList;
import java.util.List;

/** Collects the mistakes of one configuration, so that all are told at once. One thread. */
public final class Problems {
    private final List<Problem> found = new ArrayList<>();

    public void add(Problem problem) {
        found.add(problem);
    }

    public void add(String subject, String value, String rule, String hint) {
        found.add(new Problem(subject, value, rule, hint));
    }

    public void addAll(List<Problem> problems) {
        found.addAll(problems);
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    public List<Problem> list() {
        return List.copyOf(found);
    }

    /** @throws ConfigException with everything collected, if anything was */
    public void throwIfAny() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
    }
}
