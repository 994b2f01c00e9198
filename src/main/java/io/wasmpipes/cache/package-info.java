/** The shared cache service: in memory for one process, in Redis for many. */
@NullMarked
package io.wasmpipes.cache;

import org.jspecify.annotations.NullMarked;
