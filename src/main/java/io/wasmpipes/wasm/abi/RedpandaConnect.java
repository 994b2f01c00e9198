package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;

/** Functions of Redpanda Connect's wasm processor: they change the message's bytes and its metadata, the headers here. */
public record RedpandaConnect() implements Abi {
    static final String MODULE = "benthos_wasm";

    @Override
    public String id() {
        return "redpanda_connect";
    }

    @Override
    public String function() {
        return "process";
    }

    @Override
    public Signature signature() {
        return Signature.of("->");
    }

    @Override
    public boolean recognises(Program program) {
        return program.importedModules().contains(MODULE);
    }

    @Override
    public boolean writesCache(Program program) {
        return false;
    }

    @Override
    public void check(Program program, Surroundings surroundings) throws ConfigException {
        program.check(RedpandaSession.functions(() -> null, new RedpandaSession.Loans(program)), surroundings.guest());
        Abi.require(program, RedpandaSession.allocator(program), "i32 -> i32");
    }

    @Override
    public Session open(Program program, String function, Surroundings surroundings) throws ConfigException {
        RedpandaSession session = new RedpandaSession(program, function, surroundings);
        session.open();
        return session;
    }
}
