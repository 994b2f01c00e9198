package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Stage;
import io.wasmpipes.config.Modules;
import io.wasmpipes.module.AnyModules;
import io.wasmpipes.module.ModuleStore;
import io.wasmpipes.wasm.ModuleSpec;
import io.wasmpipes.wasm.WasmHost;
import io.wasmpipes.wasm.WasmLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Loads the modules of the chain; tells of every one that cannot be. */
final class ModuleChain {
    private final Modules modules;
    private final WasmHost host;
    private final ModuleStore store;

    /** {@code home} is where modules are shipped: looked at after WASM_BLOB_URI. */
    ModuleChain(Modules modules, WasmHost host, Path stateDir, Optional<Path> home) throws ConfigException {
        this.modules = modules;
        this.host = host;
        this.store = new Library(new AnyModules(modules.blobUri(), stateDir), home);
    }

    List<Stage.Factory> load() throws ConfigException {
        List<Stage.Factory> chain = new ArrayList<>();
        Problems problems = new Problems();
        for (Modules.Entry entry : modules.chain()) {
            try {
                chain.add(host.load(spec(entry)));
            } catch (ConfigException e) {
                problems.addAll(e.problems().stream()
                        .map(problem -> named(entry, problem))
                        .toList());
            }
        }
        problems.throwIfAny();
        return chain;
    }

    /** With the variable that the module comes from in front. */
    private static Problem named(Modules.Entry entry, Problem problem) {
        return new Problem(entry.variable() + " " + problem.subject(), problem.value(), problem.rule(), problem.hint());
    }

    private ModuleSpec spec(Modules.Entry entry) throws ConfigException {
        Modules.Bounds bounds = entry.bounds();
        return new ModuleSpec(
                entry.alias(),
                store.load("module " + entry.alias(), entry.reference()),
                entry.config(),
                entry.abi().orElse(null),
                entry.function().orElse(null),
                new WasmLimits(bounds.memory(), bounds.timeout(), bounds.outputs(), bounds.outputBytes()));
    }
}
