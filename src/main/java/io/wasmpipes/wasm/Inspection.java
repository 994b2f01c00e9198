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
            String module = wanted.substring(0, wanted.lastIndexOf('.'));
            String name = wanted.substring(wanted.lastIndexOf('.') + 1);
            if (module.startsWith("wasi_")) {
                needs.add("wasi");
            } else if (module.equals("cache") || name.startsWith("cache_") || name.startsWith("var_")) {
                needs.add("cache");
            } else if (name.startsWith("http")) {
                needs.add("http");
            } else if (module.equals("log") || name.equals("log") || name.startsWith("log_")) {
                needs.add("log");
            } else if (name.equals("metric_add")) {
                needs.add("metrics");
            } else if (name.equals("random")) {
                needs.add("random");
            } else if (name.equals("now_ms")) {
                needs.add("time");
            }
        }
        return needs;
    }
}
