/** The engine: demand, lanes, order, batches, retries, dead letters, cache transactions, drain. All policy lives here. */
@NullMarked
package io.wasmpipes.pipe;

import org.jspecify.annotations.NullMarked;
