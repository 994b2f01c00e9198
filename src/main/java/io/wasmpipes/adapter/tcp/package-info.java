/** Plain TCP connections with framed messages. */
@NullMarked
package io.wasmpipes.adapter.tcp;

import org.jspecify.annotations.NullMarked;
