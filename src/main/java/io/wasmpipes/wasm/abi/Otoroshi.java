package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plug-ins of the gateway Otoroshi: those of Extism that take a request as JSON, answer in JSON, and ask the gateway for more. */
public record Otoroshi() implements Abi {
    static final String MODULE = "env";

    /** Where plug-ins in JavaScript look for what others find in {@link #MODULE}. */
    static final String SCRIPT_MODULE = "env/Otoroshi";

    static final String PREFIX = "proxy_";

    /** What the gateway calls its plug-ins' functions, those that answer requests first. */
    private static final List<String> FUNCTIONS = List.of(
            "call_backend",
            "handle_request",
            "sink_handle",
            "transform_request",
            "transform_response",
            "access",
            "can_access",
            "pre_route",
            "matches_route");

    private static final Set<String> WRITERS = Set.of("set", "setnx", "del", "incrby", "pexpire");

    @Override
    public String id() {
        return "otoroshi";
    }

    @Override
    public String function() {
        return FUNCTIONS.getFirst();
    }

    @Override
    public Signature signature() {
        return Signature.of("-> i32");
    }

    @Override
    public boolean recognises(Program program) {
        return Extism.hosted(program) && program.imports().stream().anyMatch(Otoroshi::gateway);
    }

    private static boolean gateway(String name) {
        return name.startsWith(MODULE + "." + PREFIX) || name.startsWith(SCRIPT_MODULE + "." + PREFIX);
    }

    @Override
    public boolean writesCache(Program program) {
        return Extism.setsVariables(program)
                || program.imports().stream()
                        .anyMatch(name -> gateway(name) && WRITERS.contains(name.substring(name.lastIndexOf('_') + 1)));
    }

    @Override
    public void check(Program program, Surroundings surroundings) throws ConfigException {
        Extism.check(program, surroundings, new OtoroshiDialect(function(), surroundings));
    }

    /** The one that is configured, else the first that the gateway would call, else the only one there is. */
    @Override
    public String entry(Program program, @Nullable String configured) throws ConfigException {
        List<String> exported = program.exportedFunctions();
        Optional<String> known = FUNCTIONS.stream().filter(exported::contains).findFirst();
        return Extism.entry(program, configured == null ? known.orElse(null) : configured, this);
    }

    @Override
    public Session open(Program program, String function, Surroundings surroundings) throws ConfigException {
        return Extism.open(program, function, surroundings, new OtoroshiDialect(function, surroundings));
    }
}
