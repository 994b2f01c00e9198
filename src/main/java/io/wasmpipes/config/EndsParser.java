package io.wasmpipes.config;

import io.wasmpipes.Adapter;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Endpoint.Role;
import io.wasmpipes.HeaderRule;
import io.wasmpipes.Headers;
import io.wasmpipes.Problems;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the ends of the pipe and has their adapters check them. */
final class EndsParser {
    static final String SOURCE = "SOURCE_URI";
    static final String SINK = "SINK_URI";
    static final String DEAD_LETTER = "DEAD_LETTER_URI";
    private static final String LIMIT = "DEAD_LETTER_LIMIT";
    private static final Pattern LABELLED = Pattern.compile("SINK_(.+)_URI");
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9_]*");
    private static final Pattern RATIO = Pattern.compile("([1-9]\\d{0,8})/([1-9]\\d{0,8})");

    private final Values values;
    private final Problems problems;
    private final Collection<Adapter> adapters;

    EndsParser(Values values, Collection<Adapter> adapters) {
        this.values = values;
        this.problems = values.problems();
        this.adapters = adapters;
    }

    /** The labels that {@code SINK_<LABEL>_URI} variables declare, with the variable's name. */
    static Map<String, String> labels(Env env) {
        Map<String, String> labels = new TreeMap<>();
        for (String name : env.names()) {
            Matcher labelled = LABELLED.matcher(Env.withoutFile(name));
            if (labelled.matches()
                    && DriverVariables.find(labelled.group().substring("SINK_".length()))
                            .isEmpty()) {
                labels.put(Headers.fold(labelled.group(1)), labelled.group());
            }
        }
        return labels;
    }

    /** Empty after adding to the problems what is wrong. */
    Optional<Ends> parse() {
        Optional<Endpoint> source = endpoint(Role.SOURCE, SOURCE, "SOURCE_");
        Optional<Endpoint> sink = endpoint(Role.SINK, SINK, "SINK_");
        Map<String, Ends.SinkEnd> labelled = new TreeMap<>();
        labels(values.env())
                .forEach((label, variable) -> labelled(label, variable).ifPresent(end -> labelled.put(label, end)));
        Optional<Ends.SinkEnd> deadLetters = values.given(DEAD_LETTER).isEmpty()
                ? Optional.empty()
                : endpoint(Role.DEAD_LETTER, DEAD_LETTER, "DEAD_LETTER_").map(this::sink);
        Optional<Ends.DeadLetterLimit> limit = limit();
        if (source.isEmpty() || sink.isEmpty()) {
            return Optional.empty();
        }
        checkReply(source.get(), sink.get());
        checkTogether(source.get(), sink.get(), labelled.values(), deadLetters);
        return Optional.of(new Ends(
                new Ends.SourceEnd(source.get(), headers(source.get()), onReject(source.get())),
                sink(sink.get()),
                labelled,
                deadLetters,
                limit));
    }

    private Optional<Ends.SinkEnd> labelled(String label, String variable) {
        if (!LABEL.matcher(label).matches()) {
            problems.add(variable, "", "the label must match [a-z][a-z0-9_]*, was " + label, "");
            return Optional.empty();
        }
        String prefix = variable.substring(0, variable.length() - "URI".length());
        return values.given(variable).isEmpty()
                ? Optional.empty()
                : endpoint(Role.SINK, variable, prefix).map(this::sink);
    }

    private Ends.SinkEnd sink(Endpoint endpoint) {
        return new Ends.SinkEnd(endpoint, headers(endpoint));
    }

    private Optional<Endpoint> endpoint(Role role, String variable, String prefix) {
        String uri = values.given(variable)
                .orElseGet(() -> KnownSettings.of(variable).fallback());
        return endpoint(role, variable, prefix, uri);
    }

    /** The endpoint at a URI; {@code variable} is where it comes from. */
    Optional<Endpoint> endpoint(Role role, String variable, String prefix, String uri) {
        Optional<Endpoint> endpoint =
                Endpoint.parse(role, variable, uri, new EndpointVariables(values.env(), prefix), problems);
        endpoint.ifPresent(this::checkWithAdapter);
        return endpoint;
    }

    private void checkWithAdapter(Endpoint endpoint) {
        if (endpoint.scheme().equals(Ends.REPLY) && !endpoint.variable().equals(SINK)) {
            problems.add(endpoint.variable(), endpoint.toString(), "reply: can only be SINK_URI", "");
            return;
        }
        Role end = endpoint.role() == Role.DEAD_LETTER ? Role.SINK : endpoint.role();
        Optional<Adapter> adapter = adapter(endpoint);
        if (adapter.isPresent() && adapter.get().serves(endpoint.role())) {
            problems.addAll(adapter.get().problems(endpoint));
            return;
        }
        TreeSet<String> schemes = new TreeSet<>();
        adapters.stream().filter(a -> a.serves(endpoint.role())).forEach(a -> schemes.addAll(a.schemes()));
        String what = adapter.isPresent() ? " cannot be a " : " is no known scheme of a ";
        problems.add(
                endpoint.variable(),
                endpoint.toString(),
                endpoint.scheme() + ":" + what + Headers.fold(end.name()),
                "known: " + String.join(", ", schemes));
    }

    private Optional<Adapter> adapter(Endpoint endpoint) {
        return adapters.stream()
                .filter(a -> a.schemes().contains(endpoint.scheme()))
                .findFirst();
    }

    private void checkReply(Endpoint source, Endpoint sink) {
        if (sink.scheme().equals(Ends.REPLY) && !source.scheme().startsWith("http")) {
            problems.add(
                    SINK,
                    sink.toString(),
                    "reply: answers an HTTP source, and SOURCE_URI is " + source.scheme() + ":",
                    "");
        }
    }

    private void checkTogether(
            Endpoint source, Endpoint sink, Collection<Ends.SinkEnd> labelled, Optional<Ends.SinkEnd> deadLetters) {
        List<Endpoint> sinks = new ArrayList<>(List.of(sink));
        labelled.forEach(end -> sinks.add(end.endpoint()));
        deadLetters.ifPresent(end -> sinks.add(end.endpoint()));
        adapters.stream()
                .filter(adapter -> adapter.schemes().contains(source.scheme()))
                .forEach(adapter -> problems.addAll(adapter.together(source, sinks)));
    }

    private HeaderRule headers(Endpoint endpoint) {
        Optional<String> list = option(endpoint, "headers");
        return list.flatMap(HeaderRule::parse).orElseGet(() -> {
            list.ifPresent(text -> problems.add(
                    endpoint.variable() + " option headers", text, "must be names such as content-type,x-*", ""));
            return adapter(endpoint)
                    .map(adapter -> adapter.defaultHeaders(endpoint))
                    .orElse(HeaderRule.ALL);
        });
    }

    private Ends.OnReject onReject(Endpoint endpoint) {
        String text = option(endpoint, "on_reject").orElse("stop");
        return switch (text) {
            case "stop" -> Ends.OnReject.STOP;
            case "skip" -> Ends.OnReject.SKIP;
            default ->
                values.wrong(
                        endpoint.variable() + " option on_reject", text, "must be stop or skip", Ends.OnReject.STOP);
        };
    }

    private static Optional<String> option(Endpoint endpoint, String name) {
        return endpoint.query().stream()
                .filter(param -> param.name().equals(name))
                .map(Endpoint.Param::value)
                .findFirst();
    }

    private Optional<Ends.DeadLetterLimit> limit() {
        String text = values.text(LIMIT);
        Matcher ratio = RATIO.matcher(text);
        if (text.equals("off")) {
            return Optional.empty();
        }
        if (ratio.matches()) {
            int letters = Integer.parseInt(ratio.group(1));
            int messages = Integer.parseInt(ratio.group(2));
            if (letters <= messages) {
                return Optional.of(new Ends.DeadLetterLimit(letters, messages));
            }
        }
        return values.wrong(LIMIT, text, "must be letters/messages such as 20/1000, or off", Optional.empty());
    }
}
