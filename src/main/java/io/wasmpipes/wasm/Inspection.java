package io.wasmpipes.wasm;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Problem;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.wasm.abi.Abi;
import io.wasmpipes.wasm.abi.Surroundings;
import io.wasmpipes.wasm.engine.Program;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a module is, without running it.
 *
 * @param abi its ABI, empty if it has none of ours
 * @param function the export that takes messages, empty if there is none
 * @param pages of 64 KiB that its memory starts with
 * @param needs what it may use of its host, in words: cache, http, log, metrics, random, time, wasi
 * @param compiled how long compiling took, short when it was known from before
 * @param problems why it would not start
 */
public record Inspection(
        ModuleImage image,
        String abi,
        String function,
        List<String> imports,
        List<String> exports,
        int pages,
        Set<String> needs,
        Duration compiled,
        List<Problem> problems) {
    private static final Pattern CACHE = Pattern.compile("^(cache|var|(plugin_)?datastore|(plugin|global)_map)_");

    public Inspection {
        imports = List.copyOf(imports);
        exports = List.copyOf(exports);
        problems = List.copyOf(problems);
    }

    /** Looks at a program, with what the ABI would ask of it when a pipe starts. */
    static Inspection of(ModuleImage image, Program program, Duration compiled, Surroundings surroundings) {
        String name = "";
        String function = "";
        List<Problem> problems = List.of();
        try {
            Abi abi = Abi.of(program, null);
            name = abi.id();
            function = abi.entry(program, null);
            abi.check(program, surroundings);
        } catch (ConfigException e) {
            problems = e.problems();
        }
        return new Inspection(
                image,
                name,
                function,
                program.imports(),
                program.exportedFunctions(),
                program.initialPages(),
                needs(program.imports()),
                compiled,
                problems);
    }

    private static Set<String> needs(List<String> imports) {
        Set<String> needs = new TreeSet<>();
        for (String wanted : imports) {
            int dot = wanted.lastIndexOf('.');
            String module = wanted.substring(0, dot);
            String name = wanted.substring(dot + 1).replaceFirst("^(extism|proxy)_", "");
            String need = module.startsWith("wasi_") ? "wasi" : need(module, name);
            if (!need.isEmpty()) {
                needs.add(need);
            }
        }
        return needs;
    }

    private static String need(String module, String name) {
        if (module.equals("cache") || CACHE.matcher(name).find()) {
            return "cache";
        }
        if (module.equals("log") || name.equals("log") || name.startsWith("log_")) {
            return "log";
        }
        return switch (name) {
            case "metric_add" -> "metrics";
            case "random" -> "random";
            case "now_ms" -> "time";
            default -> name.startsWith("http") ? "http" : "";
        };
    }
}
