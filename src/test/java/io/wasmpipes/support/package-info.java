/** What tests share: real servers as child processes, a proxy that misbehaves on demand, waiting with a deadline. */
@NullMarked
package io.wasmpipes.support;

import org.jspecify.annotations.NullMarked;
