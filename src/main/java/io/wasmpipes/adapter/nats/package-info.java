/** Core NATS ({@code nats:}) and JetStream ({@code jetstream:}). */
@NullMarked
package io.wasmpipes.adapter.nats;

import org.jspecify.annotations.NullMarked;
