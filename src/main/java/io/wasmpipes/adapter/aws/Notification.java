package io.wasmpipes.adapter.aws;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** What SNS wraps a message in on its way to a queue, unless the subscription asks for raw delivery. */
record Notification(String message, Map<String, MessageAttributeValue> attributes) {
    private static final JsonNodeParser PARSER = JsonNodeParser.create();

    /** Reads {@code body}; empty unless it is a notification, and from {@code topicArn} where that is not empty. */
    static Optional<Notification> parse(String body, String topicArn) {
        if (!body.contains("\"Notification\"")) {
            return Optional.empty();
        }
        JsonNode json;
        try {
            json = PARSER.parse(body);
        } catch (RuntimeException e) { // the parser has no exception of its own: no JSON
            return Optional.empty();
        }
        String topic = text(json, "TopicArn");
        boolean notification = text(json, "Type").equals("Notification")
                && !text(json, "MessageId").isEmpty()
                && !text(json, "Timestamp").isEmpty()
                && !topic.isEmpty()
                && (topicArn.isEmpty() || topicArn.equals(topic));
        return notification ? Optional.of(new Notification(text(json, "Message"), attributes(json))) : Optional.empty();
    }

    private static String text(JsonNode json, String name) {
        JsonNode value = json.isObject() ? json.asObject().get(name) : null;
        return value != null && value.isString() ? value.asString() : "";
    }

    private static Map<String, MessageAttributeValue> attributes(JsonNode json) {
        JsonNode all = json.asObject().get("MessageAttributes");
        Map<String, MessageAttributeValue> attributes = new LinkedHashMap<>();
        if (all != null && all.isObject()) {
            all.asObject().forEach((name, attribute) -> attributes.put(name, attribute(attribute)));
        }
        return attributes;
    }

    private static MessageAttributeValue attribute(JsonNode json) {
        String type = text(json, "Type");
        String value = text(json, "Value");
        MessageAttributeValue.Builder attribute =
                MessageAttributeValue.builder().dataType(type);
        Optional<byte[]> binary = type.startsWith("Binary") ? Wire.base64(value) : Optional.empty();
        return binary.isPresent()
                ? attribute.binaryValue(SdkBytes.fromByteArray(binary.get())).build()
                : attribute.stringValue(value).build();
    }
}
