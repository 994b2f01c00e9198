package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;
import org.jspecify.annotations.Nullable;

/** Plug-ins of Extism: the body is the input, the output is the body. Their functions have names of their own. */
public record Extism() implements Abi {
    static final String MODULE = "extism:host/env";

    /** Where its functions were before Extism 1.0, and what their names began with. */
    static final String OLDER_MODULE = "env";

    static final String OLDER_PREFIX = "extism_";

    private static final String FUNCTIONS = "-> i32";

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
        return Signature.of(FUNCTIONS);
    }

    @Override
    public boolean recognises(Program program) {
        return hosted(program);
    }

    /** Whether the program asks for functions of an Extism host. */
    static boolean hosted(Program program) {
        String older = OLDER_MODULE + "." + OLDER_PREFIX;
        return program.importedModules().contains(MODULE)
                || program.imports().stream().anyMatch(name -> name.startsWith(older));
    }

    @Override
    public boolean writesCache(Program program) {
        return setsVariables(program);
    }

    static boolean setsVariables(Program program) {
        return program.imports(MODULE, "var_set") || program.imports(OLDER_MODULE, OLDER_PREFIX + "var_set");
    }

    @Override
    public void check(Program program, Surroundings surroundings) throws ConfigException {
        check(program, surroundings, ExtismDialect.PLAIN);
    }

    static void check(Program program, Surroundings surroundings, ExtismDialect dialect) throws ConfigException {
        Abi.refuseHttp(program, MODULE, ExtismHttp.REQUEST, surroundings);
        Abi.refuseHttp(program, OLDER_MODULE, OLDER_PREFIX + ExtismHttp.REQUEST, surroundings);
        ExtismHost host = new ExtismHost(program.alias(), surroundings, (level, text) -> {}, dialect);
        program.check(host.functions(), surroundings.guest());
    }

    /** The one that is configured, else the only one there is. */
    @Override
    public String entry(Program program, @Nullable String configured) throws ConfigException {
        return configured == null ? only(program) : Abi.super.entry(program, configured);
    }

    static String only(Program program) throws ConfigException {
        return Abi.only(
                program,
                Signature.of(FUNCTIONS),
                program.exportedFunctions().stream()
                        .filter(name -> !name.startsWith("_") && !name.startsWith("asyncify_"))
                        .toList());
    }

    @Override
    public Session open(Program program, String function, Surroundings surroundings) throws ConfigException {
        return open(program, function, surroundings, ExtismDialect.PLAIN);
    }

    static Session open(Program program, String function, Surroundings surroundings, ExtismDialect dialect)
            throws ConfigException {
        ExtismSession session = new ExtismSession(program, function, surroundings, dialect);
        session.open();
        return session;
    }
}
