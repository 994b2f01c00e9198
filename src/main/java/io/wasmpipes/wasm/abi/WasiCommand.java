package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;
import java.util.List;
import java.util.Set;

/** Programs of WASI: body on stdin, output on stdout, the exit code is the verdict. A new instance for every message. */
public record WasiCommand() implements Abi {
    private static final Set<String> WASI = Set.of("wasi_snapshot_preview1");

    @Override
    public String id() {
        return "wasi_command";
    }

    @Override
    public String function() {
        return "_start";
    }

    @Override
    public Signature signature() {
        return Signature.of("->");
    }

    /** Not what is called through another export: its main would return at once and every message come out empty. */
    @Override
    public boolean recognises(Program program) {
        return program.signature(function()).filter(signature()::equals).isPresent()
                && WASI.containsAll(program.importedModules())
                && program.signature("process").isEmpty()
                && (program.signature("alloc").isEmpty()
                        || program.signature("dealloc").isEmpty());
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
    public Session open(Program program, String function, Surroundings surroundings) {
        return new WasiSession(program, function, surroundings);
    }
}
