package io.wasmpipes.cli;

import io.wasmpipes.Adapter;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Facts;
import io.wasmpipes.Promise;
import io.wasmpipes.config.Ends;
import io.wasmpipes.config.Settings;
import io.wasmpipes.pipe.Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** What a pipe of these settings guarantees, and why: {@code wasm-pipes explain}. Pure; nothing is opened. */
public final class Explanation {
    /** One line or more under a word. */
    public record Section(String title, List<String> lines) {
        public Section {
            lines = List.copyOf(lines);
        }
    }

    private final Settings settings;
    private final End source;
    private final End sink;
    private final List<End> sinks = new ArrayList<>();

    private Explanation(Settings settings, Collection<Adapter> adapters) {
        this.settings = settings;
        Ends ends = settings.ends();
        this.source = End.of("source", ends.source().endpoint(), adapters);
        this.sink = End.of("sink", ends.sink().endpoint(), adapters);
        sinks.add(sink);
        new TreeMap<>(ends.labelled())
                .forEach((label, end) -> sinks.add(End.of("sink:" + label, end.endpoint(), adapters)));
        ends.deadLetters().ifPresent(end -> sinks.add(End.of("dead-letter", end.endpoint(), adapters)));
    }

    /** Every section, in the order to read them. */
    public static List<Section> of(Settings settings, Collection<Adapter> adapters) {
        Explanation explanation = new Explanation(settings, adapters);
        return List.of(
                explanation.pipe(),
                new Section("guarantee", new Guarantee(explanation.source, explanation.sink, settings).lines()),
                explanation.order(),
                explanation.failures(),
                explanation.cache(),
                explanation.limits());
    }

    /** The sections as text, their titles in a column of their own. */
    public static String text(List<Section> sections) {
        StringBuilder text = new StringBuilder();
        for (Section section : sections) {
            String title = section.title();
            for (String line : section.lines()) {
                text.append("%-11s %s%n".formatted(title, line));
                title = "";
            }
        }
        return text.toString();
    }

    private Section pipe() {
        List<String> lines = new ArrayList<>();
        String modules = settings.modules().chain().isEmpty()
                ? ""
                : " → "
                        + String.join(
                                " → ",
                                settings.modules().chain().stream()
                                        .map(module -> module.alias())
                                        .toList());
        lines.add(settings.pipe() + ": " + source.endpoint() + modules + " → " + sink.endpoint());
        sinks.stream().skip(1).forEach(end -> lines.add(end.name() + " → " + end.endpoint()));
        return new Section("pipe", lines);
    }

    private Order resolved() {
        return Order.valueOf(settings.flow().order().name()).resolve(source.promises());
    }

    private Section order() {
        int workers = settings.flow().workers();
        List<String> lines = new ArrayList<>();
        lines.add(
                switch (resolved()) {
                    case SOURCE -> "all messages in the order of the source: one lane";
                    case KEY -> "messages of one key in order, keys side by side: " + lanes(workers);
                    case NONE, AUTO -> "none, the source promises none: " + lanes(workers);
                });
        List<String> loose = sinks.stream()
                .filter(end -> !end.name().equals("dead-letter") && !end.promises(Promise.SENDS_IN_ORDER))
                .filter(end -> !end.isReply())
                .map(End::name)
                .toList();
        if (resolved() != Order.NONE && !loose.isEmpty()) {
            lines.add("one message of a key at a time is under way: a failure at " + String.join(", ", loose)
                    + " does not stop what was sent behind it");
        }
        return new Section("order", lines);
    }

    private static String lanes(int workers) {
        return workers == 1 ? "1 lane" : workers + " lanes";
    }

    private Section failures() {
        return new Section("failures", new Failures(source, settings).lines());
    }

    private Section cache() {
        List<String> lines = new ArrayList<>();
        if (settings.modules().chain().isEmpty()) {
            lines.add("not used: there are no modules");
            return new Section("cache", lines);
        }
        boolean shared = settings.cache().isShared();
        lines.add(
                settings.cache().endpoint() + ", namespace " + settings.cache().namespace()
                        + (shared ? ", shared with other processes" : ", gone when the process ends"));
        lines.add(
                source.promises(Promise.STABLE_IDS)
                        ? "writes count once: a message that comes again after its commit is not run again"
                                + (shared ? "" : ", while this process lives")
                        : "writes of a message that comes again count again: the source has no stable ids");
        lines.add("put_if_absent is exact across lanes" + (shared ? " and processes" : "")
                + "; what increment returns is exact "
                + (shared
                        ? "only for a key confined to one lane of one process"
                        : "only for a key confined to one lane"));
        return new Section("cache", lines);
    }

    private Section limits() {
        return new Section("limits", Bounds.of(settings, source, sinks));
    }

    /** An end with what its adapter says of it. */
    record End(String name, Endpoint endpoint, Set<Promise> promises, Facts facts) {
        static End of(String name, Endpoint endpoint, Collection<Adapter> adapters) {
            Adapter adapter = adapters.stream()
                    .filter(each -> each.schemes().contains(endpoint.scheme()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("settings know the schemes: " + endpoint.scheme()));
            return new End(name, endpoint, adapter.promises(endpoint), adapter.facts(endpoint));
        }

        boolean promises(Promise promise) {
            return promises.contains(promise);
        }

        boolean isReply() {
            return endpoint.scheme().equals("reply");
        }
    }
}
