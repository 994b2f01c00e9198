package io.wasmpipes.config;

import io.wasmpipes.ConfigException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An environment that a test writes down as {@code NAME=value} lines, on a machine of 8 cores and 1 GiB of heap. */
final class Given {
    static final Machine MACHINE = new Machine(8, 1L << 30, Path.of("/temporary"));

    private Given() {}

    static Map<String, String> env(String... lines) {
        Map<String, String> env = new LinkedHashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            env.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return env;
    }

    static Settings settings(String... lines) throws ConfigException {
        return Settings.from(env(lines), FakeAdapter.ALL, MACHINE);
    }

    /** The report of an environment that must be refused. */
    static String report(String... lines) {
        try {
            Settings settings = settings(lines);
            throw new AssertionError("accepted: " + settings);
        } catch (ConfigException e) {
            return ProblemReport.text(e);
        }
    }

    static List<String> warnings(String... lines) throws ConfigException {
        return settings(lines).warnings().stream().map(ProblemReport::line).toList();
    }
}
