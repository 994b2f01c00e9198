package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;
import java.util.Set;

/** The ABI of the first wasm-pipes: {@code run} takes the message into a buffer of 1024 bytes and sends any number. */
public record WasmPipesV0() implements Abi {
    private static final Set<String> MARKS = Set.of("pubsub", "cache", "log");

    @Override
    public String id() {
        return "wasmpipes_v0";
    }

    @Override
    public String function() {
        return "run";
    }

    @Override
    public Signature signature() {
        return Signature.of("->");
    }

    @Override
    public boolean recognises(Program program) {
        return program.signature(function()).isPresent()
                && program.importedModules().stream().anyMatch(MARKS::contains);
    }

    @Override
    public boolean writesCache(Program program) {
        return program.imports("cache", "set");
    }

    @Override
    public void check(Program program, Surroundings surroundings) throws ConfigException {
        program.check(V0Session.functions(new Desk(), (level, text) -> {}), surroundings.guest());
    }

    @Override
    public Session open(Program program, String function, Surroundings surroundings) throws ConfigException {
        V0Session session = new V0Session(program, function, surroundings);
        session.open();
        return session;
    }
}
