package io.wasmpipes.wasm.engine;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionBody;
import com.dylibso.chicory.wasm.types.MutabilityType;
import com.dylibso.chicory.wasm.types.OpCode;
import io.wasmpipes.Problems;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a module's code does that decides how it may be run. */
final class Traits {
    private static final Set<OpCode> BEYOND_MEMORY = Set.of(
            OpCode.TABLE_SET,
            OpCode.TABLE_INIT,
            OpCode.TABLE_COPY,
            OpCode.TABLE_GROW,
            OpCode.TABLE_FILL,
            OpCode.DATA_DROP,
            OpCode.ELEM_DROP);

    private Traits() {}

    /** Whether its state is memory and numeric globals only, so that those restored it is as it was. */
    static boolean restorable(WasmModule module) {
        return !Wasi.importedBy(module)
                && opcodes(module).noneMatch(BEYOND_MEMORY::contains)
                && Stream.of(module.globalSection().globals())
                        .noneMatch(global -> global.mutabilityType() == MutabilityType.Var
                                && global.valueType().isReference());
    }

    /** Adds a problem for everything that cannot be kept within limits. */
    static void check(String subject, WasmModule module, Problems problems) {
        Predicate<OpCode> collected =
                code -> code.name().startsWith("STRUCT_") || code.name().startsWith("ARRAY_");
        if (opcodes(module).anyMatch(collected)) {
            problems.add(subject, "", "uses garbage-collected objects, which WASM_MEMORY_MAX cannot bound", "");
        }
        int memories =
                module.memorySection().map(section -> section.memoryCount()).orElse(0)
                        + module.importSection().count(ExternalType.MEMORY);
        if (memories > 1) {
            problems.add(subject, memories + " memories", "may have one memory", "");
        }
        boolean shared = module.memorySection()
                .filter(section -> section.memoryCount() > 0)
                .map(section -> section.getMemory(0).limits().shared())
                .orElse(false);
        if (shared) {
            problems.add(subject, "", "has a shared memory, and a guest has one thread", "compile it without threads");
        }
    }

    private static Stream<OpCode> opcodes(WasmModule module) {
        return Stream.of(module.codeSection().functionBodies())
                .map(FunctionBody::instructions)
                .flatMap(instructions -> instructions.stream().map(instruction -> instruction.opcode()));
    }
}
