@NullMarked
package io.wasmpipes.cli;

import org.jspecify.annotations.NullMarked;
