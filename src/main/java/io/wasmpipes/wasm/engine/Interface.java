package io.wasmpipes.wasm.engine;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Export;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.Import;
import com.dylibso.chicory.wasm.types.ValType;
import io.wasmpipes.Headers;
import io.wasmpipes.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a module imports and exports. Immutable. */
final class Interface {
    private final WasmModule module;
    private final List<Import> imports = new ArrayList<>();
    private final Map<String, Export> exports = new HashMap<>();

    Interface(WasmModule module) {
        this.module = module;
        for (int i = 0; i < module.importSection().importCount(); i++) {
            imports.add(module.importSection().getImport(i));
        }
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            Export export = module.exportSection().getExport(i);
            exports.put(export.name(), export);
        }
    }

    Set<String> importedModules() {
        Set<String> modules = new TreeSet<>();
        imports.forEach(wanted -> modules.add(wanted.module()));
        return modules;
    }

    boolean imports(String importModule, String function) {
        return imports.stream()
                .anyMatch(wanted ->
                        wanted.module().equals(importModule) && wanted.name().equals(function));
    }

    /** {@code module.name} of everything it imports. */
    List<String> imports() {
        return imports.stream()
                .map(wanted -> wanted.module() + "." + wanted.name())
                .sorted()
                .toList();
    }

    boolean exports(String name, ExternalType type) {
        Export export = exports.get(name);
        return export != null && export.exportType() == type;
    }

    List<String> exportedFunctions() {
        return exports.values().stream()
                .filter(export -> export.exportType() == ExternalType.FUNCTION)
                .map(Export::name)
                .sorted()
                .toList();
    }

    Optional<Signature> signature(String export) {
        Export found = exports.get(export);
        if (found == null || found.exportType() != ExternalType.FUNCTION) {
            return Optional.empty();
        }
        int index = found.index();
        int imported = module.importSection().count(ExternalType.FUNCTION);
        if (index >= imported) {
            return Optional.of(signature(module.functionSection().getFunctionType(index - imported)));
        }
        return imports.stream()
                .filter(FunctionImport.class::isInstance)
                .skip(index)
                .findFirst()
                .map(wanted -> signature(((FunctionImport) wanted).typeIndex()));
    }

    private Signature signature(int type) {
        FunctionType function = module.typeSection().getType(type);
        return new Signature(names(function.params()), names(function.returns()));
    }

    private static List<String> names(List<ValType> types) {
        return types.stream().map(type -> Headers.fold(type.name())).toList();
    }

    /** Adds a problem for every import that none of {@code offers} and WASI satisfies; {@code withheld} has hints for some. */
    void check(String subject, List<HostFunction> offers, Map<String, String> withheld, Problems problems) {
        Map<String, Signature> offered = new HashMap<>(Wasi.signatures());
        offers.forEach(offer -> offered.put(offer.key(), offer.signature()));
        for (Import wanted : imports) {
            String key = wanted.module() + "." + wanted.name();
            if (!(wanted instanceof FunctionImport function)) {
                problems.add(subject, key, "imports something that is no function", "define it in the module");
            } else if (withheld.containsKey(key)) {
                problems.add(
                        subject,
                        key,
                        "imports a function whose capability is not granted",
                        withheld.getOrDefault(key, ""));
            } else if (!offered.containsKey(key)) {
                problems.add(subject, key, "imports a function that this host does not have", hint(key));
            } else if (!signature(function.typeIndex()).equals(offered.get(key))) {
                String has = signature(function.typeIndex()).toString();
                problems.add(
                        subject, key + " " + has, "imports a function with other types", "it is " + offered.get(key));
            }
        }
    }

    private static String hint(String key) {
        return key.startsWith("env.abort") ? "compile AssemblyScript with --use abort=" : "";
    }
}
