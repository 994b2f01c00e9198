/** {@code mem:} topics inside one process, for trying things out, for chains in one process and for tests. */
@NullMarked
package io.wasmpipes.adapter.mem;

import org.jspecify.annotations.NullMarked;
