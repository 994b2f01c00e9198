package io.wasmpipes.config;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Headers;
import io.wasmpipes.Problems;
import io.wasmpipes.Units;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Typed reads of settings. What is wrong becomes a problem, with a harmless value in its place so that reading goes on. */
final class Values {
    private final Env env;
    private final Problems problems;

    Values(Env env, Problems problems) {
        this.env = env;
        this.problems = problems;
    }

    Env env() {
        return env;
    }

    Problems problems() {
        return problems;
    }

    /** What is set, if anything. */
    Optional<String> given(String name) {
        return env.get(name);
    }

    /** What is set, else the table's default. */
    String text(String name) {
        return given(name).orElse(KnownSettings.of(name).fallback());
    }

    boolean flag(String name) {
        return Units.bool(text(name))
                .orElseGet(() -> wrong(name, "must be true or false (1, t, TRUE, 0, f, FALSE, …)", false));
    }

    int integer(String name, int min, int max) {
        return integer(name, text(name), min, max);
    }

    int integer(String name, String text, int min, int max) {
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        String upper = max == Integer.MAX_VALUE ? "of at least " + min : "from " + min + " to " + max;
        return wrong(name, "must be a whole number " + upper, min);
    }

    /** A duration of at least {@code min}. */
    Duration duration(String name, Duration min) {
        return duration(name, text(name), min);
    }

    Duration duration(String name, String text, Duration min) {
        Optional<Duration> value = Units.duration(text);
        if (value.isEmpty()) {
            return wrong(name, text, "must be a duration such as 250ms, 30s or 1m30s", min);
        }
        return value.get().compareTo(min) >= 0
                ? value.get()
                : wrong(name, text, "must be at least " + Units.text(min), min);
    }

    /** A size in bytes of at least {@code min} and at most {@code max}. */
    long size(String name, long min, long max) {
        return size(name, text(name), min, max);
    }

    long size(String name, String text, long min, long max) {
        Optional<Long> value = Units.size(text);
        if (value.isEmpty()) {
            return wrong(name, text, "must be a size such as 512, 64KiB or 8MiB", min);
        }
        if (value.get() < min || value.get() > max) {
            return wrong(name, text, "must be from " + Units.text(min) + " to " + Units.text(max), min);
        }
        return value.get();
    }

    /** One of the constants of {@code type}, written in lower case. */
    <E extends Enum<E>> E choice(String name, Class<E> type) {
        E[] all = type.getEnumConstants();
        String text = text(name);
        return Arrays.stream(all)
                .filter(e -> Headers.fold(e.name()).equals(Headers.fold(text)))
                .findFirst()
                .orElseGet(() -> wrong(
                        name,
                        "must be one of "
                                + Arrays.stream(all)
                                        .map(e -> Headers.fold(e.name()))
                                        .collect(Collectors.joining(", ")),
                        all[0]));
    }

    /** Adds a problem of the value of {@code name} and answers {@code otherwise}. */
    <T> T wrong(String name, String rule, T otherwise) {
        return wrong(name, given(name).orElse(""), rule, otherwise);
    }

    <T> T wrong(String name, String value, String rule, T otherwise) {
        problems.add(name, Endpoint.redact(value), rule, "");
        return otherwise;
    }
}
