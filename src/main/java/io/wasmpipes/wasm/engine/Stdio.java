package io.wasmpipes.wasm.engine;

import java.io.InputStream;
import java.io.OutputStream;
import org.slf4j.event.Level;

/** The standard streams of a guest of WASI. */
public record Stdio(InputStream in, OutputStream out, OutputStream err) {
    /** Nothing to read; what is written goes to the log. */
    public static Stdio of(GuestLog log) {
        return new Stdio(InputStream.nullInputStream(), log.stream(Level.INFO), log.stream(Level.WARN));
    }
}
