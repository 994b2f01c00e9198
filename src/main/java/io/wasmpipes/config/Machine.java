package io.wasmpipes.config;

import java.nio.file.Path;

/**
 * What the defaults and limits depend on beside the environment.
 *
 * @param cores processors the process may use
 * @param heap bytes the Java heap may grow to
 * @param temporary a folder for temporary files, the last resort for STATE_DIR
 */
public record Machine(int cores, long heap, Path temporary) {
    /** This process's own. */
    public static Machine current() {
        Runtime runtime = Runtime.getRuntime();
        return new Machine(
                runtime.availableProcessors(), runtime.maxMemory(), Path.of(System.getProperty("java.io.tmpdir", ".")));
    }
}
