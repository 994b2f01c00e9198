package io.wasmpipes.cli;

import io.wasmpipes.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A topology as text, and as a flow chart in Mermaid. */
public final class Picture {
    private Picture() {}

    /** A paragraph for each pipe, and the loops. */
    public static String text(Topology topology) {
        int width = topology.nodes().stream()
                .mapToInt(node -> node.name().length())
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder();
        for (Topology.Node node : topology.nodes()) {
            String name = node.name();
            for (String line : lines(node, topology)) {
                text.append(name)
                        .repeat(' ', width - name.length() + 2)
                        .append(line)
                        .append('\n');
                name = "";
            }
        }
        for (List<String> loop : topology.loops()) {
            text.append("LOOP: ").append(String.join(" → ", loop)).append('\n');
        }
        if (topology.loops().isEmpty()) {
            text.append("no loop\n");
        }
        return text.toString();
    }

    private static List<String> lines(Topology.Node node, Topology topology) {
        List<String> lines = new ArrayList<>();
        String through = node.modules().isEmpty() ? "" : " → " + String.join(" → ", node.modules());
        lines.add(node.source() + through + " → " + node.sinks().get("sink") + onward(node, "sink", topology));
        node.sinks().forEach((name, endpoint) -> {
            if (!name.equals("sink")) {
                lines.add(name + " → " + endpoint + onward(node, name, topology));
            }
        });
        lines.add(node.guarantee());
        return lines;
    }

    private static String onward(Topology.Node node, String sink, Topology topology) {
        List<String> to = topology.edges().stream()
                .filter(edge -> edge.from().equals(node.name()) && edge.sink().equals(sink))
                .map(Topology.Edge::to)
                .toList();
        return to.isEmpty() ? "" : " ⇒ " + String.join(", ", to);
    }

    /** For Markdown: pipes as boxes, what is outside as round ones, edges with what they go over. */
    public static String mermaid(Topology topology) {
        StringBuilder chart = new StringBuilder("flowchart LR\n");
        List<Topology.Node> nodes = topology.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            Topology.Node node = nodes.get(i);
            String modules = node.modules().isEmpty() ? "" : "<br/>" + String.join(" → ", node.modules());
            chart.append("  p%d[\"%s\"]%n".formatted(i, quoted(node.name() + modules)));
            boolean fed = topology.edges().stream().anyMatch(edge -> edge.to().equals(node.name()));
            if (!fed) {
                chart.append("  s%d([\"%s\"]) --> p%d%n"
                        .formatted(i, quoted(node.source().toString()), i));
            }
            int sink = 0;
            for (Map.Entry<String, Endpoint> end : node.sinks().entrySet()) {
                sink(chart, topology, i, sink++, end);
            }
        }
        return chart.toString();
    }

    private static void sink(
            StringBuilder chart, Topology topology, int index, int sink, Map.Entry<String, Endpoint> end) {
        List<Topology.Node> nodes = topology.nodes();
        String uri = quoted(end.getValue().toString());
        String label = end.getKey().equals("sink") ? "" : end.getKey().replaceFirst("^sink:", "");
        List<Topology.Edge> edges = topology.edges().stream()
                .filter(edge -> edge.from().equals(nodes.get(index).name())
                        && edge.sink().equals(end.getKey()))
                .toList();
        for (Topology.Edge edge : edges) {
            int to = nodes.stream().map(Topology.Node::name).toList().indexOf(edge.to());
            String over = label.isEmpty() ? uri : label + " " + uri;
            chart.append("  p%d -- \"%s\" --> p%d%n".formatted(index, over, to));
        }
        if (edges.isEmpty()) {
            String way = label.isEmpty() ? "-->" : "-- \"" + label + "\" -->";
            chart.append("  p%d %s e%d_%d([\"%s\"])%n".formatted(index, way, index, sink, uri));
        }
    }

    private static String quoted(String text) {
        return text.replace("\"", "#quot;");
    }
}
