package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Problems;
import io.wasmpipes.cli.ChartValues;
import io.wasmpipes.cli.Picture;
import io.wasmpipes.cli.Topology;
import io.wasmpipes.config.Machine;
import io.wasmpipes.config.Settings;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code wasm-pipes describe}: pipes and how they meet. */
final class Describe {
    private Describe() {}

    /**
     * Draws the pipes of these env files and values files of the chart, or the one of the environment.
     *
     * @throws ConfigException if settings are wrong, or two pipes have one name
     */
    static int run(List<Path> files, Console console, boolean mermaid, boolean json) throws ConfigException {
        Topology topology = Topology.of(pipes(files, console), Wiring.adapters());
        if (json) {
            return console.say(Json.text(map(topology)) + "\n");
        }
        return console.say(mermaid ? Picture.mermaid(topology) : Picture.text(topology));
    }

    /** Each with its own file alone, so that what is set here does not make them alike. */
    private static Map<String, Settings> pipes(List<Path> files, Console console) throws ConfigException {
        Map<String, Settings> pipes = new LinkedHashMap<>();
        if (files.isEmpty()) {
            Settings here = new EnvFiles().settings(console);
            pipes.put(here.pipe(), here);
        }
        Problems problems = new Problems();
        for (Path file : files) {
            try {
                variables(file).forEach(variables -> add(file, variables, pipes, problems));
            } catch (ConfigException e) {
                problems.addAll(e.problems());
            }
        }
        problems.throwIfAny();
        return pipes;
    }

    /** Of the one pipe of an env file, or of each of the chart's values. */
    private static Collection<Map<String, String>> variables(Path file) throws ConfigException {
        return ChartValues.isOne(file)
                ? ChartValues.read(file).values()
                : List.of(Environment.read(Map.of(), List.of(file)));
    }

    private static void add(Path file, Map<String, String> variables, Map<String, Settings> pipes, Problems problems) {
        try {
            Settings settings = Settings.from(variables, Wiring.adapters(), Machine.current());
            if (pipes.putIfAbsent(settings.pipe(), settings) != null) {
                problems.add(file.toString(), settings.pipe(), "must have a PIPE_NAME of its own", "");
            }
        } catch (ConfigException e) {
            e.problems()
                    .forEach(problem -> problems.add(
                            file + " " + problem.subject(), problem.value(), problem.rule(), problem.hint()));
        }
    }

    private static Map<String, Object> map(Topology topology) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("pipes", topology.nodes().stream().map(Describe::map).toList());
        map.put(
                "edges",
                topology.edges().stream()
                        .map(edge -> Map.of("from", edge.from(), "sink", edge.sink(), "to", edge.to()))
                        .toList());
        map.put("loops", topology.loops());
        return map;
    }

    private static Map<String, Object> map(Topology.Node node) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", node.name());
        map.put("source", node.source().toString());
        map.put("modules", node.modules());
        Map<String, String> sinks = new LinkedHashMap<>();
        node.sinks().forEach((name, endpoint) -> sinks.put(name, endpoint.toString()));
        map.put("sinks", sinks);
        map.put("guarantee", node.guarantee());
        return map;
    }
}
