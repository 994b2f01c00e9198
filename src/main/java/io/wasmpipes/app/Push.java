package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.config.Origins;
import io.wasmpipes.module.FileModules;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.module.OciPush;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/** {@code wasm-pipes push}: a module goes to a registry; what to paste where nothing is to change is printed. */
final class Push {
    private static final int MAGIC = 0x6d736100; // "\0asm", little endian

    private Push() {}

    /**
     * Pushes one module.
     *
     * @return 0
     * @throws ConfigException if there is no such module, or the registry refuses it
     */
    static int run(String module, String reference, Map<String, String> variables, PrintStream out)
            throws ConfigException {
        Path path = Path.of(module).toAbsolutePath();
        ModuleImage image = new FileModules(Path.of("")).load("push", path.toString());
        if (image.bytes().length() < 4
                || Integer.reverseBytes(image.bytes().asBuffer().getInt()) != MAGIC) {
            throw new ConfigException("push", path.toString(), "must be a WebAssembly module", "");
        }
        Origins origins = Origins.of(variables);
        out.println(new OciPush(ModuleChain.places(origins)).push(image, reference));
        return 0;
    }
}
