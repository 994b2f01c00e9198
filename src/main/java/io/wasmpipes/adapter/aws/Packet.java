package io.wasmpipes.adapter.aws;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as it goes to a queue or topic.
 *
 * @param attributes all of type String
 * @param group MessageGroupId, null for none
 * @param deduplication MessageDeduplicationId, null for none
 * @param size what it counts against the limits of message and batch
 */
record Packet(
        String body,
        Map<String, String> attributes,
        @Nullable String group,
        @Nullable String deduplication,
        long size) {
    Packet {
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }
}
