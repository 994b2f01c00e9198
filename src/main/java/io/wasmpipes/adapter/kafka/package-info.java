/** Kafka ({@code kafka:}). */
@NullMarked
package io.wasmpipes.adapter.kafka;

import org.jspecify.annotations.NullMarked;
