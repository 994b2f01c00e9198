/** The vocabulary of a pipe: messages, sources, sinks, stages, outcomes. It depends on nothing but the JDK. */
@NullMarked
package io.wasmpipes;

import org.jspecify.annotations.NullMarked;
