package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;

/** Functions of camel-go: they get and set what belongs to a message, and answer a verdict. */
public record CamelGo() implements Abi {
    static final String MODULE = "env";
    static final String ALLOCATE = "alloc";

    @Override
    public String id() {
        return "camel_go";
    }

    @Override
    public String function() {
        return "process";
    }

    @Override
    public Signature signature() {
        return Signature.of("-> i64");
    }

    @Override
    public boolean recognises(Program program) {
        return CamelGoSession.FUNCTIONS.stream().anyMatch(name -> program.imports(MODULE, name));
    }

    @Override
    public boolean writesCache(Program program) {
        return false;
    }

    @Override
    public void check(Program program, Surroundings surroundings) throws ConfigException {
        program.check(CamelGoSession.functions(() -> null, new Lender(ALLOCATE)), surroundings.guest());
        Abi.require(program, ALLOCATE, "i32 -> i32");
    }

    @Override
    public Session open(Program program, String function, Surroundings surroundings) throws ConfigException {
        CamelGoSession session = new CamelGoSession(program, function, surroundings);
        session.open();
        return session;
    }
}
