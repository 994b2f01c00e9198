package io.wasmpipes.wasm.abi;

import io.wasmpipes.ConfigException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Scope;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.Guest;
import io.wasmpipes.wasm.engine.GuestLimits;
import io.wasmpipes.wasm.engine.GuestLog;
import io.wasmpipes.wasm.engine.HostFunction;
import io.wasmpipes.wasm.engine.Program;
import io.wasmpipes.wasm.engine.Stdio;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The guest of one lane, made anew whenever the last one cannot be trusted any more. One thread. */
final class GuestSlot implements AutoCloseable {
    private static final String INITIALIZE = "_initialize";
    private static final String MAIN = "_start";

    /** What an ABI calls once on a new guest. */
    interface Start {
        void run(Guest guest) throws TransientException, PoisonException, InterruptedException;
    }

    private final Program program;
    private final List<HostFunction> functions;
    private final GuestLimits limits;
    private final Stdio stdio;
    private final Start start;
    private @Nullable Guest guest;
    private int bytesAtStart;

    /** What guests write goes to the log. */
    GuestSlot(Program program, List<HostFunction> functions, GuestLimits limits, GuestLog log, Start start) {
        this(program, functions, limits, Stdio.of(log), start);
    }

    GuestSlot(Program program, List<HostFunction> functions, GuestLimits limits, Stdio stdio, Start start) {
        this.program = program;
        this.functions = functions;
        this.limits = limits;
        this.stdio = stdio;
        this.start = start;
    }

    /** Makes the first guest, so that a module that cannot start stops the pipe and not a message. */
    void open() throws ConfigException {
        try {
            replace();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused("the start was interrupted");
        } catch (PoisonException | TransientException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private ConfigException refused(String why) {
        close();
        return new ConfigException("module " + program.alias(), "", "does not start: " + why, "");
    }

    /** A guest whose calls have all returned, with the memory they left, unless that has grown above its high-water mark. */
    Guest sound(Scope scope) throws TransientException, PoisonException, InterruptedException {
        Guest current = guest;
        if (current == null || !current.sound()) {
            return replace();
        }
        int bytes = current.memory().length();
        boolean grown = bytes > limits.highWater() && bytes > bytesAtStart;
        scope.memory(bytes, grown);
        return grown ? replace() : current;
    }

    /** A guest as it was when it had just started. */
    Guest pristine() throws TransientException, PoisonException, InterruptedException {
        Guest current = guest;
        return current != null && current.restore() ? current : replace();
    }

    /** Runs the main function of a guest whose compiler prepares its memory there; it may exit, with 0. */
    static void runMain(Program program, Guest guest) throws TransientException, PoisonException, InterruptedException {
        if (program.signature(INITIALIZE).isEmpty() && program.signature(MAIN).isPresent()) {
            int code = guest.run(MAIN);
            if (code != 0) {
                throw new PoisonException(program.alias(), MAIN + " exited with code " + code, null);
            }
        }
    }

    private Guest replace() throws TransientException, PoisonException, InterruptedException {
        close();
        Guest fresh = program.open(functions, limits, stdio);
        guest = fresh;
        if (program.signature(INITIALIZE).isPresent()) {
            fresh.call(INITIALIZE);
        }
        start.run(fresh);
        fresh.started();
        bytesAtStart = fresh.memory().length();
        return fresh;
    }

    @Override
    public void close() {
        if (guest != null) {
            guest.close();
            guest = null;
        }
    }
}
