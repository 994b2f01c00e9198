/** RabbitMQ. */
@NullMarked
package io.wasmpipes.adapter.rabbit;

import org.jspecify.annotations.NullMarked;
