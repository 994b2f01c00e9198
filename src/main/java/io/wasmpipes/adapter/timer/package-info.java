/** {@code timer:}, a source that makes messages by the clock. */
@NullMarked
package io.wasmpipes.adapter.timer;

import org.jspecify.annotations.NullMarked;
