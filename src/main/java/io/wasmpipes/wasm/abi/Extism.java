package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;
import org.jspecify.annotations.Nullable;

/** Plug-ins of Extism: the body is the input, the output is the body. Their functions have names of their own. */
public record Extism() implements Abi {
    static final String MODULE = "extism:host/env";

    @Override
    public String id() {
        return "extism";
    }

    @Override
    public String function() {
        return "";
    }

    @Override
    public Signature signature() {
        return Signature.of("-> i32");
    }

    @Override
    public boolean recognises(Program program) {
        return program.importedModules().contains(MODULE);
    }

    @Override
    public boolean writesCache(Program program) {
        return program.imports(MODULE, "var_set");
    }

    @Override
    public void check(Program program, Surroundings surroundings) throws ConfigException {
        Abi.refuseHttp(program, MODULE, ExtismHttp.REQUEST, surroundings);
        ExtismHost host = new ExtismHost(program.alias(), surroundings, (level, text) -> {});
        program.check(host.functions(), surroundings.guest());
    }

    /** The one that is configured, else the only one there is. */
    @Override
    public String entry(Program program, @Nullable String configured) throws ConfigException {
        if (configured != null) {
            return Abi.super.entry(program, configured);
        }
        return Abi.only(
                program,
                signature(),
                program.exportedFunctions().stream()
                        .filter(name -> !name.startsWith("_") && !name.startsWith("asyncify_"))
                        .toList());
    }

    @Override
    public Session open(Program program, String function, Surroundings surroundings) throws ConfigException {
        ExtismSession session = new ExtismSession(program, function, surroundings);
        session.open();
        return session;
    }
}
