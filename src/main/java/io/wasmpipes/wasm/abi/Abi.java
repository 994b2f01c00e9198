package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Signature;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A contract between host and guest. Stateless; any thread. */
public sealed interface Abi
        permits WasmPipesV0,
                WasmPipesV1,
                Otoroshi,
                Extism,
                CamelGo,
                CamelGoStdio,
                CamelWasm,
                RedpandaConnect,
                WasiCommand {
    /** Every ABI, in the order in which they are tried. */
    static List<Abi> all() {
        return List.of(
                new WasmPipesV1(),
                new WasmPipesV0(),
                new Otoroshi(),
                new Extism(),
                new CamelGo(),
                new CamelGoStdio(),
                new CamelWasm(),
                new RedpandaConnect(),
                new WasiCommand());
    }

    /** What it is called in {@code abi=} and {@code inspect}. */
    String id();

    /** The exported function that takes a message, unless another one is configured. */
    String function();

    /** What that function must look like. */
    Signature signature();

    /** Whether the program was written for it. */
    boolean recognises(Program program);

    /** Whether the program imports a function that writes to the cache. */
    boolean writesCache(Program program);

    /** @throws ConfigException if the program asks for something that this ABI does not offer */
    void check(Program program, Surroundings surroundings) throws ConfigException;

    /**
     * Makes a guest and starts it.
     *
     * @param function the export that takes a message
     * @throws ConfigException if it does not start
     */
    Session open(Program program, String function, Surroundings surroundings) throws ConfigException;

    /**
     * The ABI of a program.
     *
     * @param forced the ABI it is to be taken for, null to recognise it
     * @throws ConfigException if no ABI fits, saying what the program imports and exports
     */
    static Abi of(Program program, @Nullable String forced) throws ConfigException {
        Optional<Abi> found = all().stream()
                .filter(abi ->
                        forced == null ? abi.recognises(program) : abi.id().equals(forced))
                .findFirst();
        if (found.isPresent()) {
            return found.get();
        }
        String known = String.join(", ", all().stream().map(Abi::id).toList());
        if (forced != null) {
            throw new ConfigException("module " + program.alias(), forced, "abi must be one of " + known, "");
        }
        throw new ConfigException(
                "module " + program.alias(),
                "",
                "has none of the known ABIs " + known,
                "it imports from " + program.importedModules() + " and exports " + program.exportedFunctions());
    }

    /** @throws ConfigException if the program does not export this function with these types */
    static void require(Program program, String function, String types) throws ConfigException {
        if (program.signature(function).filter(Signature.of(types)::equals).isEmpty()) {
            throw new ConfigException(
                    "module " + program.alias(),
                    function,
                    "must be exported with the types " + Signature.of(types),
                    "it exports " + program.exportedFunctions());
        }
    }

    /** The one function of these types among {@code names}. */
    static String only(Program program, Signature signature, List<String> names) throws ConfigException {
        List<String> candidates = names.stream()
                .filter(name ->
                        program.signature(name).filter(signature::equals).isPresent())
                .toList();
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        throw new ConfigException(
                "module " + program.alias(),
                "",
                "needs function= with the name of the function that takes messages",
                candidates.isEmpty()
                        ? "it exports none of the types " + signature
                        : "it exports " + String.join(", ", candidates));
    }

    /** Those of these functions, which call other hosts, that are not there, and how they would be. */
    static Map<String, String> withheld(Surroundings surroundings, String... functions) {
        Map<String, String> withheld = new HashMap<>();
        if (surroundings.http() == null) {
            for (String function : functions) {
                withheld.put(function, "the capability http: WASM_ALLOW_HTTP names the hosts a module may call");
            }
        }
        return withheld;
    }

    /**
     * The export that takes messages.
     *
     * @param configured its name, null for the ABI's own
     * @throws ConfigException if the program has no such function
     */
    default String entry(Program program, @Nullable String configured) throws ConfigException {
        return entry(program, configured == null ? function() : configured, signature());
    }

    /** @throws ConfigException if the program exports no function of this name and these types */
    static String entry(Program program, String name, Signature signature) throws ConfigException {
        Optional<Signature> found = program.signature(name);
        if (found.isEmpty()) {
            throw new ConfigException(
                    "module " + program.alias(),
                    name,
                    "must export the function that takes messages",
                    "it exports " + program.exportedFunctions());
        }
        if (!found.get().equals(signature)) {
            throw new ConfigException(
                    "module " + program.alias(), name + " " + found.get(), "must have the types " + signature, "");
        }
        return name;
    }
}
