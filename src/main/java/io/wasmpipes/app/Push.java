package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.config.Origins;
import io.wasmpipes.module.FileModules;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.module.OciPush;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code wasm-pipes push}: a module goes to a registry; what to paste where nothing is to change is printed. */
final class Push {
    private static final int MAGIC = 0x6d736100; // "\0asm", little endian

    private Push() {}

    /**
     * Pushes one module.
     *
     * @param arguments a path, and {@code oci://REGISTRY/REPOSITORY[:TAG]}
     * @return 0
     * @throws ConfigException if there is no such module, the registry refuses it, or the arguments are others
     */
    static int run(List<String> arguments, Map<String, String> variables, PrintStream out) throws ConfigException {
        if (arguments.size() != 2) {
            throw new ConfigException(
                    "push",
                    String.join(" ", arguments),
                    "takes a module's path and a reference",
                    "wasm-pipes push hot.wasm oci://localhost:5000/me/hot:1");
        }
        Path path = Path.of(arguments.getFirst()).toAbsolutePath();
        ModuleImage image = new FileModules(Path.of("")).load("push", path.toString());
        if (image.bytes().length() < 4
                || Integer.reverseBytes(image.bytes().asBuffer().getInt()) != MAGIC) {
            throw new ConfigException("push", path.toString(), "must be a WebAssembly module", "");
        }
        Origins origins = Origins.of(variables);
        out.println(new OciPush(ModuleChain.places(origins)).push(image, arguments.getLast()));
        return 0;
    }
}
