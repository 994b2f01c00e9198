package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Private folders for servers and tests. */
public final class Folders {
    private Folders() {}

    /** A fresh, empty folder, deleted with all it holds when the JVM ends. */
    public static Path fresh(String name) {
        try {
            Path folder = Files.createTempDirectory("wasm-pipes-" + name);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes {@code folder} with all it holds, as far as it can. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // a server that is still ending may delete files under our hands
        }
    }
}
