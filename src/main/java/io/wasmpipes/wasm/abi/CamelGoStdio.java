package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;
import java.util.List;
import java.util.Set;

/** Functions of camel-go as it began: an event as JSON on stdin, of the length that is passed, and another on stdout. */
public record CamelGoStdio() implements Abi {
    private static final Set<String> WASI = Set.of("wasi_snapshot_preview1");

    @Override
    public String id() {
        return "camel_go_stdio";
    }

    @Override
    public String function() {
        return "process";
    }

    @Override
    public Signature signature() {
        return Signature.of("i32 -> i64");
    }

    @Override
    public boolean recognises(Program program) {
        return program.importedModules().equals(WASI)
                && program.signature(function()).filter(signature()::equals).isPresent();
    }

    @Override
    public boolean writesCache(Program program) {
        return false;
    }

    @Override
    public void check(Program program, Surroundings surroundings) throws ConfigException {
        program.check(List.of(), surroundings.guest());
    }

    @Override
    public Session open(Program program, String function, Surroundings surroundings) throws ConfigException {
        CamelGoStdioSession session = new CamelGoStdioSession(program, function, surroundings);
        session.open();
        return session;
    }
}
