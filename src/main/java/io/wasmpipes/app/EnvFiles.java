package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.config.Machine;
import io.wasmpipes.config.ProblemReport;
import io.wasmpipes.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The option {@code --env-file}, and what is read through it. */
final class EnvFiles {
    @Option(
            names = "--env-file",
            paramLabel = "FILE",
            description = "variables, beneath those of the environment; .env if there is one")
    private List<Path> files = new ArrayList<>();

    /** What the pipe, or a tool in its place, sees. */
    Map<String, String> variables(Console console) throws ConfigException {
        return Environment.read(console.environment(), files);
    }

    /** The settings of the pipe; warnings are told. */
    Settings settings(Console console) throws ConfigException {
        Settings settings = Settings.from(variables(console), Wiring.adapters(), Machine.current());
        settings.warnings().forEach(warning -> console.err().println("WARN " + ProblemReport.line(warning)));
        return settings;
    }
}
