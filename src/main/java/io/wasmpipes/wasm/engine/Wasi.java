package io.wasmpipes.wasm.engine;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.wasi.WasiOptions;
import com.dylibso.chicory.wasi.WasiPreview1;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ValType;
import io.wasmpipes.Headers;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** WASI preview 1 with nothing behind it but the standard streams: no folders, no arguments, an empty environment. */
final class Wasi {
    private static final String MODULE = "wasi_snapshot_preview1";
    private static final Map<String, Signature> SIGNATURES = readSignatures();

    private Wasi() {}

    static boolean importedBy(WasmModule module) {
        return module.importSection().stream()
                .anyMatch(wanted -> wanted.module().equals(MODULE));
    }

    /** The functions of one guest, none if it asks for none: descriptors are state. */
    static HostFunction[] of(Interface face, Stdio stdio, Ambience ambience) {
        if (!face.importedModules().contains(MODULE)) {
            return new HostFunction[0];
        }
        return preview1(WasiOptions.builder()
                .withStdin(stdio.in())
                .withStdout(stdio.out())
                .withStderr(stdio.err())
                .withClock(ambience.clock().withZone(ZoneOffset.UTC))
                .withRandom(Random.from(ambience.random()))
                .build());
    }

    /** Every function's types by {@code module.name}. */
    static Map<String, Signature> signatures() {
        return SIGNATURES;
    }

    private static Map<String, Signature> readSignatures() {
        Map<String, Signature> signatures = new HashMap<>();
        for (HostFunction function : preview1(WasiOptions.builder().build())) {
            signatures.put(
                    function.module() + "." + function.name(),
                    new Signature(
                            names(function.functionType().params()),
                            names(function.functionType().returns())));
        }
        return Map.copyOf(signatures);
    }

    @SuppressWarnings("resource") // it has no folders to close
    private static HostFunction[] preview1(WasiOptions options) {
        return WasiPreview1.builder().withOptions(options).build().toHostFunctions();
    }

    private static List<String> names(List<ValType> types) {
        return types.stream().map(type -> Headers.fold(type.name())).toList();
    }
}
