/** The way to Azure: who we are there, shared by the adapter of its queues and the store of modules. */
@NullMarked
package io.wasmpipes.azure;

import org.jspecify.annotations.NullMarked;
