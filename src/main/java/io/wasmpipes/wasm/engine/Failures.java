package io.wasmpipes.wasm.engine;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.runtime.WasmException;
import com.dylibso.chicory.wasi.WasiExitException;
import com.dylibso.chicory.wasm.ChicoryException;
import org.jspecify.annotations.Nullable;

/** Says in one line why a guest ended. */
final class Failures {
    private static final int REASON_MAX = 300;

    private Failures() {}

    static String reason(Throwable thrown) {
        return switch (thrown) {
            case StackOverflowError e -> "call stack exhausted";
            case OutOfMemoryError e -> "out of memory, the heap has no room for what it asked";
            case WasiExitException e -> "exited with code " + e.exitCode();
            case WasmException e -> "threw an exception that nothing caught";
            case IndexOutOfBoundsException e -> "trapped: out of bounds memory access";
            case TrapException e
            when e.getMessage() != null && e.getMessage().contains("unreachable") -> "trapped: unreachable";
            case ChicoryException e when e.getCause() instanceof StackOverflowError -> "call stack exhausted";
            case ChicoryException e when e.getCause() instanceof TrapException trap -> reason(trap);
            case ChicoryException e -> "trapped: " + oneLine(e.getMessage());
            default -> "the engine failed: " + thrown.getClass().getSimpleName() + " " + oneLine(thrown.getMessage());
        };
    }

    /** Whether the guest ended because its thread is interrupted. */
    static boolean interrupted(Throwable thrown) {
        return thrown instanceof ChicoryInterruptedException
                || (thrown instanceof ChicoryException
                        && (thrown.getCause() instanceof InterruptedException
                                || "Thread interrupted".equals(thrown.getMessage())));
    }

    static String oneLine(@Nullable String text) {
        String line = text == null ? "" : text.replaceAll("\\s+", " ").strip();
        return line.length() > REASON_MAX ? line.substring(0, REASON_MAX) + "…" : line;
    }
}
