/** The contracts between host and guest: one class per ABI, recognised by what a module imports and exports. */
@NullMarked
package io.wasmpipes.wasm.abi;

import org.jspecify.annotations.NullMarked;
