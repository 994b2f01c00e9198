/** Guest modules as stages of a pipe. */
@NullMarked
package io.wasmpipes.wasm;

import org.jspecify.annotations.NullMarked;
