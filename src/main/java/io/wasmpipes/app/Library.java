package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Problem;
import io.wasmpipes.module.FileModules;
import io.wasmpipes.module.ModuleImage;
import io.wasmpipes.module.ModuleStore;
import java.nio.file.Path;
import java.util.Optional;

/** The modules of WASM_BLOB_URI, and after them those that are shipped. */
final class Library implements ModuleStore {
    private final ModuleStore own;
    private final Optional<Path> home;

    /** {@code home} is where the launcher is. */
    Library(ModuleStore own, Optional<Path> home) {
        this.own = own;
        this.home = home;
    }

    @Override
    public ModuleImage load(String subject, String reference) throws ConfigException {
        try {
            return own.load(subject, reference);
        } catch (ConfigException missing) {
            return shipped(subject, reference, missing);
        }
    }

    private ModuleImage shipped(String subject, String reference, ConfigException missing) throws ConfigException {
        if (home.isEmpty()) {
            throw missing;
        }
        try {
            return new FileModules(home.get().resolve("modules")).load(subject, reference);
        } catch (ConfigException e) {
            throw both(missing.problems().getFirst(), e.problems().getFirst());
        }
    }

    /** What is wrong with our own one, or that it is in neither place. */
    private static ConfigException both(Problem own, Problem shipped) {
        String hint = own.rule().equals(shipped.rule()) ? own.hint() + "; " + shipped.hint() : own.hint();
        return new ConfigException(own.subject(), own.value(), own.rule(), hint);
    }
}
