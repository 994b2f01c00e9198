package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;
import java.util.Set;

/** The ABI to write new modules in: the guest pulls its input and pushes its outputs; docs/abi.md has the contract. */
public record WasmPipesV1() implements Abi {
    static final String MODULE = "wasmpipes_v1";
    private static final Set<String> CACHE_WRITES =
            Set.of("cache_set", "cache_delete", "cache_put_if_absent", "cache_increment");

    @Override
    public String id() {
        return MODULE;
    }

    @Override
    public String function() {
        return "on_message";
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
        return CACHE_WRITES.stream().anyMatch(function -> program.imports(MODULE, function));
    }

    @Override
    public void check(Program program, Surroundings surroundings) throws ConfigException {
        program.check(
                V1Session.functions(new Desk(), surroundings, (level, text) -> {}),
                Abi.withheld(surroundings, MODULE + "." + V1Http.HTTP),
                surroundings.guest());
        if (program.signature(V1Session.ON_START)
                .filter(s -> !s.equals(signature()))
                .isPresent()) {
            throw new ConfigException(
                    "module " + program.alias(), V1Session.ON_START, "must have the types " + signature(), "");
        }
    }

    @Override
    public Session open(Program program, String function, Surroundings surroundings) throws ConfigException {
        V1Session session = new V1Session(program, function, surroundings);
        session.open();
        return session;
    }
}
