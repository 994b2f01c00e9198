package io.wasmpipes.cli;

import io.wasmpipes.Adapter;
import io.wasmpipes.Endpoint;
import io.wasmpipes.config.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Pipes and how they meet: {@code wasm-pipes describe}. Pure; nothing is opened. */
public final class Topology {
    /**
     * A pipe.
     *
     * @param sinks where it writes, by the name that metrics use
     */
    public record Node(
            String name, Endpoint source, List<String> modules, Map<String, Endpoint> sinks, String guarantee) {
        public Node {
            modules = List.copyOf(modules);
        }
    }

    /** What goes to a sink of one pipe comes out at the source of another. */
    public record Edge(String from, String sink, String to) {}

    private final List<Node> nodes;
    private final List<Edge> edges = new ArrayList<>();

    private Topology(List<Node> nodes, Collection<Adapter> adapters) {
        this.nodes = List.copyOf(nodes);
        for (Node from : nodes) {
            from.sinks.forEach((sink, endpoint) -> nodes.stream()
                    .filter(to -> meet(endpoint, to.source, adapters))
                    .forEach(to -> edges.add(new Edge(from.name, sink, to.name))));
        }
    }

    /** Of pipes by name. */
    public static Topology of(Map<String, Settings> pipes, Collection<Adapter> adapters) {
        List<Node> nodes = new ArrayList<>();
        pipes.forEach((name, settings) -> nodes.add(node(name, settings, adapters)));
        return new Topology(nodes, adapters);
    }

    private static Node node(String name, Settings settings, Collection<Adapter> adapters) {
        Map<String, Endpoint> sinks = new LinkedHashMap<>();
        sinks.put("sink", settings.ends().sink().endpoint());
        new TreeMap<>(settings.ends().labelled()).forEach((label, end) -> sinks.put("sink:" + label, end.endpoint()));
        settings.ends().deadLetters().ifPresent(end -> sinks.put("dead-letter", end.endpoint()));
        Endpoint source = settings.ends().source().endpoint();
        Guarantee guarantee = new Guarantee(
                Explanation.End.of("source", source, adapters),
                Explanation.End.of("sink", settings.ends().sink().endpoint(), adapters),
                settings);
        List<String> modules = settings.modules().chain().stream()
                .map(module -> module.alias())
                .toList();
        return new Node(name, source, modules, sinks, guarantee.lines().getFirst());
    }

    private static boolean meet(Endpoint sink, Endpoint source, Collection<Adapter> adapters) {
        return adapters.stream()
                .filter(adapter -> adapter.schemes().contains(sink.scheme()))
                .anyMatch(adapter -> adapter.schemes().contains(source.scheme()) && adapter.meet(sink, source));
    }

    public List<Node> nodes() {
        return nodes;
    }

    public List<Edge> edges() {
        return List.copyOf(edges);
    }

    /** Ways that come back to where they began, each as the names it passes, the first one again at the end. */
    public List<List<String>> loops() {
        List<List<String>> loops = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            walk(new ArrayList<>(List.of(nodes.get(i).name)), nodes.subList(0, i), loops);
        }
        return loops;
    }

    /** Goes on from the last name; loops through {@code done} have been found from there. */
    private void walk(List<String> way, List<Node> done, List<List<String>> loops) {
        List<String> next = edges.stream()
                .filter(edge -> edge.from.equals(way.getLast()))
                .map(Edge::to)
                .distinct()
                .filter(to -> done.stream().noneMatch(node -> node.name.equals(to)))
                .toList();
        for (String to : next) {
            List<String> longer = new ArrayList<>(way);
            longer.add(to);
            if (to.equals(way.getFirst())) {
                loops.add(longer);
            } else if (!way.contains(to)) {
                walk(longer, done, loops);
            }
        }
    }
}
