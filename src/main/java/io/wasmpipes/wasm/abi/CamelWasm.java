package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Functions of Apache Camel's Wasm component: headers and body as JSON in memory that the guest allocates, and back. */
public record CamelWasm() implements Abi {
    static final String ALLOCATE = "alloc";
    static final String DEALLOCATE = "dealloc";

    private static final Set<String> WASI = Set.of("wasi_snapshot_preview1");

    @Override
    public String id() {
        return "camel_wasm";
    }

    @Override
    public String function() {
        return "";
    }

    @Override
    public Signature signature() {
        return Signature.of("i32 i32 -> i64");
    }

    @Override
    public boolean recognises(Program program) {
        return WASI.containsAll(program.importedModules())
                && program.signature(ALLOCATE).isPresent()
                && program.signature(DEALLOCATE).isPresent()
                && program.exportedFunctions().stream()
                        .anyMatch(name -> program.signature(name)
                                .filter(signature()::equals)
                                .isPresent());
    }

    @Override
    public boolean writesCache(Program program) {
        return false;
    }

    @Override
    public void check(Program program, Surroundings surroundings) throws ConfigException {
        program.check(List.of(), surroundings.guest());
        Abi.require(program, ALLOCATE, "i32 -> i32");
        Abi.require(program, DEALLOCATE, "i32 i32 ->");
    }

    /** The one that is configured, else the only one there is. */
    @Override
    public String entry(Program program, @Nullable String configured) throws ConfigException {
        return configured == null
                ? Abi.only(program, signature(), program.exportedFunctions())
                : Abi.super.entry(program, configured);
    }

    @Override
    public Session open(Program program, String function, Surroundings surroundings) throws ConfigException {
        CamelWasmSession session = new CamelWasmSession(program, function, surroundings);
        session.open();
        return session;
    }
}
