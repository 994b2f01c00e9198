package io.wasmpipes.support;

import io.wasmpipes.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes WebAssembly modules out of their text form, by the wat2wasm of Debian's wabt. */
public final class Wat {
    private Wat() {}

    /** The module that {@code text} describes. */
    public static Bytes module(String text) {
        Path folder = Folders.fresh("wat");
        try {
            Path source = Files.writeString(folder.resolve("guest.wat"), text);
            Path target = folder.resolve("guest.wasm");
            Process process = new ProcessBuilder(command(source, target))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalArgumentException(said);
            }
            return Bytes.wrap(Files.readAllBytes(target));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run wat2wasm: apt-get install -y wabt", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            Folders.delete(folder);
        }
    }

    private static List<String> command(Path source, Path target) {
        return List.of(
                "wat2wasm", "--enable-threads", "--enable-multi-memory", source.toString(), "-o", target.toString());
    }
}
