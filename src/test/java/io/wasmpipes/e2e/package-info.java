/** The packaged application among real servers: what survives kills, outages and sinks that fail. */
@NullMarked
package io.wasmpipes.e2e;

import org.jspecify.annotations.NullMarked;
