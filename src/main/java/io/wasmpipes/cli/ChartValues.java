package io.wasmpipes.cli;

import io.wasmpipes.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** The pipes of a values file of the chart, each with the variables that the chart gives it. */
public final class ChartValues {
    /** In place of what only the cluster's secrets know. */
    private static final String SECRET = "from-a-secret";

    private static final String RULE = "must be a values file of the chart wasm-pipes";

    private ChartValues() {}

    /** Whether a file is to be read as one. */
    public static boolean isOne(Path file) {
        String name = file.toString();
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    /**
     * The variables of each pipe, by its name. An HTTP source has the name of its service for a host.
     *
     * @throws ConfigException if it is no values file
     */
    public static Map<String, Map<String, String>> read(Path file) throws ConfigException {
        try {
            Object root = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
            return pipes(map(root, file), file);
        } catch (IOException e) {
            throw new ConfigException(file.toString(), "", "must be a readable file", "");
        } catch (YAMLException e) {
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new ConfigException(file.toString(), "", RULE, why);
        }
    }

    private static Map<String, Map<String, String>> pipes(Map<?, ?> root, Path file) throws ConfigException {
        Map<?, ?> common = map(root.get("pipe"), file);
        Map<?, ?> own = map(root.get("pipes"), file);
        boolean cache = Boolean.TRUE.equals(map(root.get("cache"), file).get("enabled"));
        Map<String, Map<String, String>> pipes = new LinkedHashMap<>();
        if (own.isEmpty()) {
            pipes.put("pipe", variables("pipe", common, Map.of(), cache, file));
        }
        for (Map.Entry<?, ?> pipe : own.entrySet()) {
            String name = String.valueOf(pipe.getKey());
            pipes.put(name, variables(name, common, map(pipe.getValue(), file), cache, file));
        }
        return pipes;
    }

    private static Map<String, String> variables(String name, Map<?, ?> common, Map<?, ?> own, boolean cache, Path file)
            throws ConfigException {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("PIPE_NAME", name);
        if (cache) {
            variables.put("CACHE_URI", "redis://cache:6379");
        }
        for (Map<?, ?> of : List.of(common, own)) {
            map(of.get("secretEnv"), file).keySet().forEach(each -> variables.put(String.valueOf(each), SECRET));
            map(of.get("secretFiles"), file).keySet().forEach(each -> variables.put(String.valueOf(each), SECRET));
            map(of.get("env"), file)
                    .forEach((key, value) -> variables.put(String.valueOf(key), value == null ? "" : value.toString()));
        }
        String source = variables.getOrDefault("SOURCE_URI", "http://:9000/events");
        variables.put("SOURCE_URI", source.replaceFirst("^(https?://)(:\\d+)", "$1" + name + "$2"));
        return variables;
    }

    private static Map<?, ?> map(@Nullable Object value, Path file) throws ConfigException {
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new ConfigException(file.toString(), "", RULE, "");
    }
}
