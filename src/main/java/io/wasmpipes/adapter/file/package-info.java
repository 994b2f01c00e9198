/** Bytes cut into messages: {@code stdin:}, {@code stdout:} and {@code file:}. */
@NullMarked
package io.wasmpipes.adapter.file;

import org.jspecify.annotations.NullMarked;
