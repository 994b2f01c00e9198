package io.wasmpipes.wasm.engine;

import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasi.WasiExitException;
import com.dylibso.chicory.wasm.types.MutabilityType;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a program. After a call that threw it is no longer {@link #sound} and must be restored or replaced: the
 * guest's stack pointer, heap and locks may be anything. One thread at a time.
 */
public final class Guest implements AutoCloseable {
    private final Boundary boundary;
    private final Instance instance;
    private final boolean restorable;
    private final Map<String, ExportFunction> functions = new HashMap<>();
    private boolean sound = true;
    private @Nullable Snapshot snapshot;

    Guest(Boundary boundary, Instance instance, boolean restorable) {
        this.boundary = boundary;
        this.instance = instance;
        this.restorable = restorable;
    }

    /** It has started: calls have the time of messages from now on, before that at least 10 s. */
    public void started() {
        boundary.started();
    }

    /** Whether every call since it was made or restored has returned. */
    public boolean sound() {
        return sound;
    }

    /**
     * Calls an exported function that {@link Program#signature} knows.
     *
     * @return its first result, 0 if it has none
     * @throws PoisonException if the guest trapped, exhausted a limit, or a host function refused what it was passed
     * @throws TransientException as thrown by a host function
     * @throws InterruptedException if the thread was interrupted by anyone but the watchdog
     */
    public long call(String function, long... arguments)
            throws TransientException, PoisonException, InterruptedException {
        ExportFunction export = functions.computeIfAbsent(function, instance::export);
        sound = false;
        long[] results = boundary.enter(() -> export.apply(arguments));
        sound = true;
        return results == null || results.length == 0 ? 0 : results[0];
    }

    /**
     * Runs a function that may exit, as that of a command does. What has exited with 0 is {@link #sound}.
     *
     * @return the exit code, 0 if the function returned
     */
    public int run(String function) throws TransientException, PoisonException, InterruptedException {
        ExportFunction export = functions.computeIfAbsent(function, instance::export);
        sound = false;
        int code = boundary.enter(() -> {
            try {
                export.apply();
                return 0;
            } catch (WasiExitException e) {
                return e.exitCode();
            }
        });
        sound = code == 0;
        return code;
    }

    /** Calls a function once with each argument, all of it within the time of one call. */
    public void callEach(String function, List<Long> arguments)
            throws TransientException, PoisonException, InterruptedException {
        ExportFunction export = functions.computeIfAbsent(function, instance::export);
        sound = false;
        boundary.enter(() -> {
            arguments.forEach(export::apply);
            return 0;
        });
        sound = true;
    }

    /** Calls an export within a call under way, as a host function does that needs room in the guest's memory. */
    public long callWithin(String function, long... arguments) {
        long[] results = functions.computeIfAbsent(function, instance::export).apply(arguments);
        return results == null || results.length == 0 ? 0 : results[0];
    }

    /** Its memory, to read what a call has left there. */
    public GuestMemory memory() {
        return boundary.memory();
    }

    /** Remembers memory and globals as they are, for {@link #restore}. Does nothing for guests that cannot be restored. */
    public void snapshot() {
        if (restorable) {
            snapshot = new Snapshot(boundary.memory().flat().save(), globals());
        }
    }

    private List<Saved> globals() {
        List<Saved> saved = new ArrayList<>();
        for (int i = 0; i < instance.globalCount(); i++) {
            GlobalInstance global = instance.global(i);
            if (global.getMutabilityType() == MutabilityType.Var) {
                saved.add(new Saved(global, global.getValueLow(), global.getValueHigh()));
            }
        }
        return saved;
    }

    /** Makes the guest what it was at its snapshot. False if it has none: then it must be replaced. */
    public boolean restore() {
        Snapshot before = snapshot;
        if (before == null) {
            return false;
        }
        boundary.memory().flat().restore(before.memory);
        for (Saved saved : before.globals) {
            saved.global.setValueLow(saved.low);
            saved.global.setValueHigh(saved.high);
        }
        sound = true;
        return true;
    }

    @Override
    public void close() {
        boundary.close();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Snapshot(byte[] memory, List<Saved> globals) {}

    private record Saved(GlobalInstance global, long low, long high) {}
}
