/** MQTT 5 and 3.1.1. */
@NullMarked
package io.wasmpipes.adapter.mqtt;

import org.jspecify.annotations.NullMarked;
