/** Redis streams ({@code redis:}, {@code rediss:}). */
@NullMarked
package io.wasmpipes.adapter.redis;

import org.jspecify.annotations.NullMarked;
