package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.PoisonException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Messages as JSON, for guests that take and give them so. */
final class EventJson {
    private static final JsonMapper JSON = new JsonMapper();

    private EventJson() {}

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static Bytes write(JsonNode node) {
        try {
            return Bytes.wrap(JSON.writeValueAsBytes(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // a tree can always be written
        }
    }

    /** @throws PoisonException if it is not one JSON object */
    static JsonNode read(Bytes bytes) throws PoisonException {
        return parsed(bytes).orElseThrow(() -> new PoisonException("answered something that is no JSON object"));
    }

    /** The object that the bytes are, if they are one with some of these members and no others. */
    static Optional<JsonNode> object(Bytes bytes, Set<String> members) {
        return parsed(bytes).filter(node -> {
            Set<String> names = new HashSet<>();
            node.fieldNames().forEachRemaining(names::add);
            return !names.isEmpty() && members.containsAll(names);
        });
    }

    /** The JSON object that the bytes are, if they are one. */
    static Optional<JsonNode> parsed(Bytes bytes) {
        try {
            return Optional.ofNullable(JSON.readTree(bytes.toArray())).filter(JsonNode::isObject);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The most that an answer within these limits can have: bodies in base64, and some room for the rest. */
    static long longest(OutputLimits limits) {
        return limits.bytes() * 2 + (1 << 20);
    }

    /** Of several headers with one name, the first. */
    static void putHeaders(ObjectNode object, List<Header> headers) {
        for (Header header : headers) {
            if (!object.has(header.name())) {
                object.put(header.name(), header.text());
            }
        }
    }

    /** Makes the draft's headers those of the object. */
    static void takeHeaders(Draft draft, JsonNode object) throws PoisonException {
        for (Header header : List.copyOf(draft.headers())) {
            JsonNode value = object.path(header.name());
            if (!value.asText().equals(header.text()) || value.isMissingNode()) {
                draft.remove(header.name());
            }
        }
        for (Map.Entry<String, JsonNode> each : object.properties()) {
            if (!draft.has(each.getKey())) {
                draft.set(each.getKey(), Bytes.utf8(each.getValue().asText()));
            }
        }
    }

    /** Bytes in base64, empty if there are none. */
    static Bytes binary(JsonNode node, String what) throws PoisonException {
        try {
            byte[] bytes = node.binaryValue();
            return bytes == null ? Bytes.EMPTY : Bytes.wrap(bytes);
        } catch (IOException e) {
            throw new PoisonException("answered with a " + what + " that is not base64");
        }
    }
}
