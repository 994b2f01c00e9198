package io.wasmpipes.module;

import io.wasmpipes.ConfigException;

/** Finds modules by reference. Any thread. */
public interface ModuleStore {
    /** No module may be larger, in bytes. */
    long SIZE_MAX = 64L << 20;

    /**
     * Reads a module. Blocks for input.
     *
     * @param subject the variable that {@code reference} comes from, for error messages
     * @throws ConfigException naming the subject, if there is no such module, it cannot be read or is too large
     */
    ModuleImage load(String subject, String reference) throws ConfigException;
}
