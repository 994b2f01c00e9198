package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Stage;
import io.wasmpipes.config.Modules;
import io.wasmpipes.config.Origins;
import io.wasmpipes.module.AnyModules;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.module.ModuleStore;
import io.wasmpipes.module.Places;
import io.wasmpipes.wasm.ModuleSpec;
import io.wasmpipes.wasm.WasmHost;
import io.wasmpipes.wasm.WasmLimits;
import io.wasmpipes.wasm.abi.CacheLimits;
import io.wasmpipes.wasm.abi.OutputLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Loads the modules of the chain; tells of every one that cannot be. Any thread. */
final class ModuleChain {
    private final Modules modules;
    private final WasmHost host;
    private final ModuleStore store;

    /** {@code home} is where modules are shipped: looked at after WASM_BLOB_URI. */
    ModuleChain(Modules modules, WasmHost host, Path stateDir, Optional<Path> home) throws ConfigException {
        this.modules = modules;
        this.host = host;
        this.store = library(modules.origins(), stateDir, home);
    }

    /** Every place that modules come from. */
    static Library library(Origins origins, Path stateDir, Optional<Path> home) throws ConfigException {
        return new Library(new AnyModules(places(origins), stateDir), home);
    }

    static Places places(Origins origins) {
        return new Places(origins.blobUri(), origins.plainHttp(), Path.of(origins.dockerConfig()), origins.variables());
    }

    /** A module and what was made of it. */
    record Loaded(String digest, Stage.Factory stage) {}

    /** Something that is done for a module of the chain. */
    private interface Step<T> {
        T of(Modules.Entry entry, int index) throws ConfigException;
    }

    /** Reads the modules as they are now. */
    List<ModuleImage> read() throws ConfigException {
        return each((entry, _) -> store.load("module " + entry.alias(), entry.reference()));
    }

    /** Makes stages of what was read; those in {@code known} that have not changed stay. */
    List<Loaded> load(List<ModuleImage> images, List<Loaded> known) throws ConfigException {
        return each((entry, i) -> {
            ModuleImage image = images.get(i);
            boolean same = i < known.size() && known.get(i).digest().equals(image.digest());
            return same ? known.get(i) : new Loaded(image.digest(), host.load(spec(entry, image)));
        });
    }

    private <T> List<T> each(Step<T> step) throws ConfigException {
        List<T> results = new ArrayList<>();
        Problems problems = new Problems();
        for (int i = 0; i < modules.chain().size(); i++) {
            Modules.Entry entry = modules.chain().get(i);
            try {
                results.add(step.of(entry, i));
            } catch (ConfigException e) {
                problems.addAll(e.problems().stream()
                        .map(problem -> named(entry, problem))
                        .toList());
            }
        }
        problems.throwIfAny();
        return results;
    }

    /** With the variable that the module comes from in front. */
    private static Problem named(Modules.Entry entry, Problem problem) {
        return new Problem(entry.variable() + " " + problem.subject(), problem.value(), problem.rule(), problem.hint());
    }

    static ModuleSpec spec(Modules.Entry entry, ModuleImage image) {
        Modules.Bounds bounds = entry.bounds();
        return new ModuleSpec(
                entry.alias(),
                image,
                entry.config(),
                entry.abi().orElse(null),
                entry.function().orElse(null),
                new WasmLimits(
                        bounds.memory(),
                        bounds.timeout(),
                        new OutputLimits(bounds.outputs(), bounds.outputBytes()),
                        new CacheLimits(bounds.cacheWrites(), bounds.cacheBytes())));
    }
}
