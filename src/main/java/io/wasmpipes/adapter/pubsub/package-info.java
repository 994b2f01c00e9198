/** Google Pub/Sub ({@code gcppubsub:}). */
@NullMarked
package io.wasmpipes.adapter.pubsub;

import org.jspecify.annotations.NullMarked;
