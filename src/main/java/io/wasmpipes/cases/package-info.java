/** Cases of modules: what {@code wasm-pipes test} reads, runs and tells. */
@NullMarked
package io.wasmpipes.cases;

import org.jspecify.annotations.NullMarked;
