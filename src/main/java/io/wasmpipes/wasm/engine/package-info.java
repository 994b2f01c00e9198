/**
 * Runs WebAssembly. The only importer of the engine, Chicory: whatever goes wrong inside a guest leaves this package as a
 * {@link io.wasmpipes.PoisonException}, never as one of the engine's exceptions.
 */
@NullMarked
package io.wasmpipes.wasm.engine;

import org.jspecify.annotations.NullMarked;
