package io.wasmpipes.e2e;

import io.wasmpipes.support.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A short command and what came of it; stdout and stderr are one text. */
record Command(int exit, String said) {

    /** Runs in this folder with these variables added. */
    static Command run(Path folder, Map<String, String> variables, List<String> words) {
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(variables);
        return run(builder);
    }

    /** Runs a line of shell. */
    static Command shell(Path folder, String line) {
        return run(folder, Map.of(), List.of("sh", "-c", line));
    }

    static Command run(ProcessBuilder builder) {
        try {
            Process process = builder.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("does not end: " + builder.command() + "\n" + said);
            }
            return new Command(process.exitValue(), said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
