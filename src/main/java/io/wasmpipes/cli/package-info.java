/** The subcommands: what they answer, apart from the process that asks. */
@NullMarked
package io.wasmpipes.cli;

import org.jspecify.annotations.NullMarked;
