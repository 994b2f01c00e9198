/** HTTP at both ends: requests in, as messages or function calls, and messages out, as requests. */
@NullMarked
package io.wasmpipes.adapter.http;

import org.jspecify.annotations.NullMarked;
