package io.wasmpipes.wasm.engine;

import com.dylibso.chicory.runtime.ImportFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.List;

/** Makes the engine's imports out of host functions. */
final class Linker {
    private Linker() {}

    /** The functions that the module asks for, bound to one guest. */
    static ImportValues link(Interface face, List<HostFunction> offers, Boundary boundary, ImportFunction[] wasi) {
        ImportValues.Builder imports = ImportValues.builder();
        for (HostFunction offer : offers) {
            if (face.imports(offer.module(), offer.name())) {
                imports.addFunction(bind(offer, boundary));
            }
        }
        return imports.addFunction(wasi).build();
    }

    private static ImportFunction bind(HostFunction offer, Boundary boundary) {
        Signature signature = offer.signature();
        FunctionType type = FunctionType.of(types(signature.parameters()), types(signature.results()));
        return new com.dylibso.chicory.runtime.HostFunction(
                offer.module(), offer.name(), type, (instance, arguments) -> boundary.callHost(offer, arguments));
    }

    private static List<ValType> types(List<String> names) {
        return names.stream().map(Linker::type).toList();
    }

    private static ValType type(String name) {
        return switch (name) {
            case "i32" -> ValType.I32;
            case "i64" -> ValType.I64;
            case "f32" -> ValType.F32;
            case "f64" -> ValType.F64;
            default -> throw new IllegalArgumentException("host functions have no " + name);
        };
    }
}
