package io.wasmpipes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Objects;

/**
 * A dead letter.
 *
 * @param message the message as it was, without the header that says why it is dead
 * @param why that header, a JSON object; missing for a message that no pipe has put there
 */
public record Letter(Delivery delivery, Message message, JsonNode why) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String HEADER = "wasmpipes";

    static Letter of(Delivery delivery) {
        Message message = delivery.message();
        JsonNode why = message.headers().first(HEADER).map(Letter::read).orElse(MissingNode.getInstance());
        return new Letter(delivery, message.withHeaders(message.headers().without(HEADER)), why);
    }

    private static JsonNode read(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node.isObject() ? node : MissingNode.getInstance();
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** What to call it: the id that its message had, else that of the letter. */
    public String id() {
        String id = text("id");
        return id.isEmpty() ? message.id().toString() : id;
    }

    /** Who found it, and what: {@code keep: not JSON at byte 0}. */
    public String reason() {
        String stage = text("stage");
        return (stage.isEmpty() ? "" : stage + ": ") + text("reason");
    }

    /** Where the message came from, empty if that is not told. */
    public String source() {
        return text("source");
    }

    public int attempts() {
        return why.path("attempts").asInt(0);
    }

    /** When it died, as it says, else when it was written. */
    public Instant time() {
        try {
            return Instant.parse(text("time"));
        } catch (DateTimeParseException e) {
            return Objects.requireNonNullElse(message.time(), Instant.EPOCH);
        }
    }

    /** Whether the body is only the head of what it was. */
    public boolean truncated() {
        return why.has("truncated_from");
    }

    private String text(String field) {
        return why.path(field).asText("");
    }
}
