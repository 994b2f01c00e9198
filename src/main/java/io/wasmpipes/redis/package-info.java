/** How to reach a Redis server and run scripts there: what the cache and the adapter of streams have in common. */
@NullMarked
package io.wasmpipes.redis;

import org.jspecify.annotations.NullMarked;
