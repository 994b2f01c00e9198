/** {@code discard:}, a sink that forgets. */
@NullMarked
package io.wasmpipes.adapter.discard;

import org.jspecify.annotations.NullMarked;
