package io.wasmpipes.wasm.engine;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;
import io.wasmpipes.ConfigException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Problems;
import io.wasmpipes.TransientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A module compiled to bytecode, once, for any number of guests. Immutable; any thread. */
public final class Program {
    private static final int TABLE_MAX = 100_000;

    private final String alias;
    private final WasmModule module;
    private final Function<Instance, Machine> machines;
    private final Ambience ambience;
    private final Watchdog watchdog;
    private final MemoryBudget budget;
    private final Interface face;
    private final boolean restorable;

    Program(
            String alias,
            WasmModule module,
            Function<Instance, Machine> machines,
            Ambience ambience,
            Watchdog watchdog,
            MemoryBudget budget) {
        this.alias = alias;
        this.module = module;
        this.machines = machines;
        this.ambience = ambience;
        this.watchdog = watchdog;
        this.budget = budget;
        this.face = new Interface(module);
        this.restorable = Traits.restorable(module);
    }

    /** The name it was compiled under. */
    public String alias() {
        return alias;
    }

    /** The modules whose functions it imports. */
    public Set<String> importedModules() {
        return face.importedModules();
    }

    /** {@code module.name} of everything it imports. */
    public List<String> imports() {
        return face.imports();
    }

    /** Whether it imports this function. */
    public boolean imports(String importModule, String function) {
        return face.imports(importModule, function);
    }

    /** The signature of an exported function, empty if there is none of this name. */
    public Optional<Signature> signature(String export) {
        return face.signature(export);
    }

    /** The names of its exported functions. */
    public List<String> exportedFunctions() {
        return face.exportedFunctions();
    }

    /** The pages of 64 KiB its memory starts with. */
    public int initialPages() {
        return module.memorySection()
                .map(memory -> memory.getMemory(0).limits().initialPages())
                .orElse(0);
    }

    /** What all guests together may take of the heap. */
    public MemoryBudget budget() {
        return budget;
    }

    /** As {@link #check(List, Map, GuestLimits)}, with nothing withheld. */
    public void check(List<HostFunction> offers, GuestLimits limits) throws ConfigException {
        check(offers, Map.of(), limits);
    }

    /**
     * Checks that guests can be made.
     *
     * @param withheld functions as {@code module.name} that there would be with a capability, and how it is granted
     * @throws ConfigException listing every import that is not on offer, and a memory that is missing or too large
     */
    public void check(List<HostFunction> offers, Map<String, String> withheld, GuestLimits limits)
            throws ConfigException {
        Problems problems = new Problems();
        String subject = "module " + alias;
        face.check(subject, offers, withheld, problems);
        if (!face.exports("memory", ExternalType.MEMORY)) {
            problems.add(subject, "", "must export its memory under the name memory", "");
        } else if (initialPages() > limits.pages()) {
            problems.add(
                    subject,
                    initialPages() + " pages of 64KiB",
                    "starts with more memory than WASM_MEMORY_MAX=" + limits.memoryText() + " allows",
                    "raise WASM_MEMORY_MAX, or MODULE_<ALIAS>_MEMORY for this module alone");
        }
        problems.throwIfAny();
    }

    /**
     * Makes a guest and runs its start section. {@link #check} must have passed.
     *
     * @throws PoisonException if the start section failed
     * @throws TransientException if the memories of other guests fill the heap's share
     */
    public Guest open(List<HostFunction> offers, GuestLimits limits, GuestLog log)
            throws TransientException, PoisonException, InterruptedException {
        return open(offers, limits, Stdio.of(log));
    }

    /** As {@link #open(List, GuestLimits, GuestLog)}, with these standard streams. */
    public Guest open(List<HostFunction> offers, GuestLimits limits, Stdio stdio)
            throws TransientException, PoisonException, InterruptedException {
        if (!budget.reserve((long) initialPages() * FlatMemory.PAGE_SIZE)) {
            throw TransientException.message(alias + ": the heap has no room for another guest");
        }
        GuestMemory memory = new GuestMemory(new FlatMemory(memoryLimits(limits), budget));
        Boundary boundary = new Boundary(alias, limits, memory, watchdog.add());
        boolean opened = false;
        try {
            Instance.Builder builder = Instance.builder(module)
                    .withMachineFactory(machines)
                    .withMemoryFactory(ignored -> memory.flat())
                    .withTableFactory((table, value) -> new TableInstance(ownTable(table), value))
                    .withImportValues(Linker.link(face, offers, boundary, Wasi.of(face, stdio, ambience)))
                    .withStart(false);
            Guest guest = new Guest(boundary, boundary.enter(builder::build), restorable);
            opened = true;
            return guest;
        } finally {
            if (!opened) {
                boundary.close();
            }
        }
    }

    private MemoryLimits memoryLimits(GuestLimits limits) {
        int declared = module.memorySection()
                .map(memory -> memory.getMemory(0).limits().maximumPages())
                .orElse(0);
        return new MemoryLimits(initialPages(), Math.min(declared, limits.pages()));
    }

    /** A table with limits of its own: the engine writes growth into the limits, and those of the module are shared. */
    private static Table ownTable(Table table) {
        long size = table.limits().min();
        long max = Math.min(table.limits().max(), Math.max(size, TABLE_MAX));
        return new Table(table.elementType(), new TableLimits(size, max), table.initialize());
    }
}
