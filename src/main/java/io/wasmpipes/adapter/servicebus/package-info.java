/** Azure Service Bus ({@code azuresb:}). */
@NullMarked
package io.wasmpipes.adapter.servicebus;

import org.jspecify.annotations.NullMarked;
