/** Environment variables in, a tree of records out: pure, every problem told at once. */
@NullMarked
package io.wasmpipes.config;

import org.jspecify.annotations.NullMarked;
