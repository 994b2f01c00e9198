/** The way to AWS: who we are there, shared by the adapters of its queues and the store of modules. */
@NullMarked
package io.wasmpipes.aws;

import org.jspecify.annotations.NullMarked;
