package io.wasmpipes.wasm.engine;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Properties;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compiles modules and watches over their guests; one per process. Any thread. */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final CompiledClasses cache;
    private final Ambience ambience;
    private final Watchdog watchdog = new Watchdog();
    private final MemoryBudget budget = new MemoryBudget(Runtime.getRuntime().maxMemory() / 2);

    /** @param stateDir where compiled modules are kept, in a folder of their own */
    public Engine(Path stateDir, Ambience ambience) {
        this.ambience = ambience;
        this.cache = new CompiledClasses(stateDir.resolve("compiled").resolve("chicory-" + version()));
    }

    /**
     * Compiles a module to bytecode, or takes it from disk. Blocks for a second per 800 KB.
     *
     * @param alias what error messages call it
     * @throws ConfigException if it is no module, or one that cannot be kept within limits
     */
    public Program compile(String alias, Bytes wasm) throws ConfigException {
        String subject = "module " + alias;
        WasmModule module = parse(subject, wasm);
        Problems problems = new Problems();
        Traits.check(subject, module, problems);
        problems.throwIfAny();
        try {
            return new Program(alias, module, machines(subject, module), ambience, watchdog, budget);
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            throw new ConfigException(subject, wasm.toString(), "cannot be compiled", Failures.oneLine(e.toString()));
        }
    }

    /** The parser meets some broken files with exceptions and errors of every kind. */
    private static WasmModule parse(String subject, Bytes wasm) throws ConfigException {
        try {
            return Parser.parse(wasm.readOnlyArray());
        } catch (RuntimeException | AssertionError | StackOverflowError | OutOfMemoryError e) {
            throw new ConfigException(
                    subject,
                    wasm.toString(),
                    "must be a valid WebAssembly module",
                    Failures.oneLine(e instanceof ChicoryException ? e.getMessage() : e.toString()));
        }
    }

    private Function<Instance, Machine> machines(String subject, WasmModule module) {
        MachineFactoryCompiler.Builder compiler =
                MachineFactoryCompiler.builder(module).withCache(cache);
        try {
            return compiler.withInterpreterFallback(InterpreterFallback.FAIL).compile();
        } catch (ChicoryException e) {
            LOG.warn("{} has functions too large to compile, interpreting them: {}", subject, e.getMessage());
            return compiler.withInterpreterFallback(InterpreterFallback.SILENT).compile();
        }
    }

    /** Classes compiled by one version of the engine are not for another. */
    private static String version() {
        try (InputStream in =
                Instance.class.getResourceAsStream("/META-INF/maven/com.dylibso.chicory/runtime/pom.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** Stops the watchdog; guests must be closed before. */
    @Override
    public void close() {
        watchdog.close();
    }
}
