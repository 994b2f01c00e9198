package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.config.EnvFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The variables of the process: its environment, and beneath it a file: the one named, else {@code .env} if there is one. */
final class Environment {
    private Environment() {}

    /** @throws ConfigException if a file cannot be read, or has lines that are no assignments */
    static Map<String, String> read(Map<String, String> real, List<Path> files) throws ConfigException {
        Path dotenv = Path.of(".env");
        Map<String, String> merged = Map.of();
        if (!files.isEmpty()) {
            for (Path file : files) {
                merged = EnvFile.under(merged, parse(file));
            }
        } else if (Files.isRegularFile(dotenv)) {
            merged = parse(dotenv);
        }
        return EnvFile.under(merged, real);
    }

    private static Map<String, String> parse(Path file) throws ConfigException {
        try {
            return EnvFile.parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new ConfigException("--env-file", file.toString(), "must be a readable file", "");
        }
    }
}
