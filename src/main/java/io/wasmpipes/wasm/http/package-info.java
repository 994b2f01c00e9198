/** Requests that guests make: to hosts that are allowed, and to no address that is not. */
@NullMarked
package io.wasmpipes.wasm.http;

import org.jspecify.annotations.NullMarked;
