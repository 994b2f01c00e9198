/** {@code log:}, a sink that writes a line of the log for each message. */
@NullMarked
package io.wasmpipes.adapter.log;

import org.jspecify.annotations.NullMarked;
