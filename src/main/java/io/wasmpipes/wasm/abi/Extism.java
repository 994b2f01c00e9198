package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plug-ins of Extism: the body is the input, the output is the body. Their functions have names of their own. */
public record Extism() implements Abi {
    static final String MODULE = "extism:host/env";

    /** Where its functions were before Extism 1.0, and what their names began with. */
    static final String OLDER_MODULE = "env";

    static final String OLDER_PREFIX = "extism_";

    private static final String FUNCTIONS = "-> i32";
    private static final Signature SILENT = Signature.of("->");

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
        ExtismHost host = new ExtismHost(program, surroundings, (level, text) -> {}, dialect);
        Map<String, String> withheld = Abi.withheld(
                surroundings,
                MODULE + "." + ExtismHttp.REQUEST,
                OLDER_MODULE + "." + OLDER_PREFIX + ExtismHttp.REQUEST,
                Otoroshi.MODULE + "." + OtoroshiHost.HTTP,
                Otoroshi.SCRIPT_MODULE + "." + OtoroshiHost.HTTP);
        program.check(host.functions(), withheld, surroundings.guest());
    }

    /** The one that is configured, else the only one there is. */
    @Override
    public String entry(Program program, @Nullable String configured) throws ConfigException {
        return entry(program, configured, this);
    }

    /** A function may have no result, which is a 0. */
    static String entry(Program program, @Nullable String configured, Abi abi) throws ConfigException {
        if (configured == null) {
            return only(program);
        }
        boolean silent = program.signature(configured).filter(SILENT::equals).isPresent();
        return silent ? configured : Abi.entry(program, configured, abi.signature());
    }

    private static String only(Program program) throws ConfigException {
        List<String> names = program.exportedFunctions().stream()
                .filter(name -> !name.startsWith("_") && !name.startsWith("asyncify_"))
                .toList();
        boolean silent = has(program, names, SILENT) && !has(program, names, Signature.of(FUNCTIONS));
        return Abi.only(program, silent ? SILENT : Signature.of(FUNCTIONS), names);
    }

    private static boolean has(Program program, List<String> names, Signature types) {
        return names.stream()
                .anyMatch(name -> program.signature(name).filter(types::equals).isPresent());
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
