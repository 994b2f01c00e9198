package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.databind.JsonNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import java.util.Optional;

/** The forms that a body has in the JSON of the gateway's plug-ins. */
final class OtoroshiBody {
    private OtoroshiBody() {}

    /** Text first, then JSON, base64 and an array of bytes; an empty one is none. */
    static Optional<Bytes> of(JsonNode node) throws PoisonException {
        for (String name : new String[] {"body_str", "body"}) {
            if (node.path(name).isTextual() && !node.path(name).asText().isBlank()) {
                return Optional.of(Bytes.utf8(node.path(name).asText()));
            }
        }
        JsonNode json = node.path("body_json");
        if (!json.isMissingNode() && !json.isNull()) {
            return Optional.of(EventJson.write(json));
        }
        JsonNode base64 = node.path("body_base64");
        if (base64.isTextual() && !base64.asText().isBlank()) {
            return Optional.of(EventJson.binary(base64, "body_base64"));
        }
        JsonNode bytes = node.path("body_bytes");
        return bytes.isArray() && !bytes.isEmpty() ? Optional.of(array(bytes)) : Optional.empty();
    }

    /** Bytes may be signed or not. */
    private static Bytes array(JsonNode array) throws PoisonException {
        byte[] bytes = new byte[array.size()];
        for (int i = 0; i < bytes.length; i++) {
            JsonNode each = array.get(i);
            if (!each.isInt() || each.intValue() < Byte.MIN_VALUE || each.intValue() > 0xff) {
                throw new PoisonException("answered with body_bytes that are none");
            }
            bytes[i] = (byte) each.intValue();
        }
        return Bytes.wrap(bytes);
    }
}
