package io.wasmpipes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Reads the query parameters of an endpoint; what is wrong goes to the problems, with the default in its place. After the
 * last read {@link #rejectUnknown} names what nobody asked for. One thread.
 */
public final class Options {
    private final Endpoint endpoint;
    private final Problems problems;
    private final TreeSet<String> known = new TreeSet<>();

    /** The options every endpoint has ({@code headers}, and {@code on_reject} for sources) are known already. */
    public Options(Endpoint endpoint, Problems problems) {
        this.endpoint = endpoint;
        this.problems = problems;
        known.add("headers");
        if (endpoint.role() == Endpoint.Role.SOURCE) {
            known.add("on_reject");
        }
    }

    /** Every value given under {@code name}, in order. */
    public List<String> all(String name) {
        known.add(name);
        return endpoint.query().stream()
                .filter(p -> p.name().equals(name))
                .map(Endpoint.Param::value)
                .toList();
    }

    public Optional<String> text(String name) {
        List<String> values = all(name);
        if (values.size() > 1) {
            wrong(name, String.join(", ", values), "may be given once");
        }
        return values.stream().findFirst();
    }

    public String text(String name, String otherwise) {
        return text(name).orElse(otherwise);
    }

    /** A Go boolean; {@code ?name} alone is true. */
    public boolean flag(String name, boolean otherwise) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        Optional<Boolean> value = text.get().isEmpty() ? Optional.of(true) : Units.bool(text.get());
        return value.orElseGet(() -> wrong(name, text.get(), "must be true or false", otherwise));
    }

    public int integer(String name, int otherwise, int min, int max) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text.get());
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        return wrong(name, text.get(), "must be a whole number from " + min + " to " + max, otherwise);
    }

    public Duration duration(String name, Duration otherwise) {
        Optional<String> text = text(name);
        return text.isEmpty()
                ? otherwise
                : Units.duration(text.get())
                        .orElseGet(() ->
                                wrong(name, text.get(), "must be a duration such as 250ms, 30s or 1m30s", otherwise));
    }

    public long size(String name, long otherwise) {
        Optional<String> text = text(name);
        return text.isEmpty()
                ? otherwise
                : Units.size(text.get())
                        .orElseGet(
                                () -> wrong(name, text.get(), "must be a size such as 512, 64KiB or 8MiB", otherwise));
    }

    /** One of the constants of {@code type}, written in lower case. */
    public <E extends Enum<E>> E choice(String name, E otherwise) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        E[] all = otherwise.getDeclaringClass().getEnumConstants();
        return Arrays.stream(all)
                .filter(e -> word(e).equals(text.get()))
                .findFirst()
                .orElseGet(() -> wrong(
                        name,
                        text.get(),
                        "must be one of "
                                + String.join(
                                        ", ",
                                        Arrays.stream(all).map(Options::word).toList()),
                        otherwise));
    }

    private static String word(Enum<?> constant) {
        return Headers.fold(constant.name()).replace('_', '-');
    }

    private <T> T wrong(String name, String value, String rule, T otherwise) {
        wrong(name, value, rule);
        return otherwise;
    }

    /** Adds a problem of the option {@code name}. */
    public void wrong(String name, String value, String rule) {
        problems.add(endpoint.variable() + " option " + name, Endpoint.isSecret(name) ? "***" : value, rule, "");
    }

    /** Adds a problem for every option that was not read, listing the accepted ones. */
    public void rejectUnknown() {
        List<String> unknown = new ArrayList<>();
        for (Endpoint.Param param : endpoint.query()) {
            if (!known.contains(param.name()) && !unknown.contains(param.name())) {
                unknown.add(param.name());
            }
        }
        for (String name : unknown) {
            problems.add(
                    endpoint.variable() + " option " + name,
                    endpoint.toString(),
                    "is unknown to " + endpoint.scheme(),
                    "accepted: " + String.join(", ", known));
        }
    }
}
