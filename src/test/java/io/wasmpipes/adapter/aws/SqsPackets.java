package io.wasmpipes.adapter.aws;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/** Messages as they are documented to lie in a queue, written and read by the official client. */
final class SqsPackets {
    private SqsPackets() {}

    static SendMessageBatchRequestEntry entry(String id, SendMessageRequest request) {
        return SendMessageBatchRequestEntry.builder()
                .id(id)
                .messageBody(request.messageBody())
                .messageAttributes(request.messageAttributes())
                .messageGroupId(request.messageGroupId())
                .messageDeduplicationId(request.messageDeduplicationId())
                .build();
    }

    /** As documented: text as it is, everything else as base64, headers as attributes of type String. */
    static SendMessageRequest request(Message message, String queue, @Nullable String group) {
        Map<String, MessageAttributeValue> attributes = new HashMap<>();
        for (Header header : message.headers()) {
            attributes.put(header.name(), text(escaped(header)));
        }
        byte[] bytes = message.body().toArray();
        boolean plain = bytes.length > 0
                && new String(bytes, StandardCharsets.UTF_8)
                        .chars()
                        .allMatch(c -> (c >= ' ' && c < 0xfffd) || c == '\t');
        if (!plain) {
            attributes.put("base64encoded", text("true"));
        }
        SendMessageRequest.Builder request = SendMessageRequest.builder()
                .queueUrl(queue)
                .messageAttributes(attributes)
                .messageBody(
                        plain
                                ? new String(bytes, StandardCharsets.UTF_8)
                                : bytes.length == 0 ? "\n" : Base64.getEncoder().encodeToString(bytes));
        if (group != null) {
            request.messageGroupId(group)
                    .messageDeduplicationId(UUID.randomUUID().toString());
        }
        return request.build();
    }

    private static String escaped(Header header) {
        String bytes = new String(header.bytes().toArray(), StandardCharsets.ISO_8859_1);
        return URLEncoder.encode(bytes, StandardCharsets.ISO_8859_1).replace("+", "%20");
    }

    private static MessageAttributeValue text(String value) {
        return MessageAttributeValue.builder()
                .dataType("String")
                .stringValue(value)
                .build();
    }

    static Message read(software.amazon.awssdk.services.sqs.model.Message packet) {
        List<Header> headers = new ArrayList<>();
        packet.messageAttributes().forEach((key, value) -> headers.add(header(key, value.stringValue())));
        boolean encoded = packet.messageAttributes().containsKey("base64encoded");
        byte[] body = encoded
                ? Base64.getMimeDecoder().decode(packet.body())
                : packet.body().getBytes(StandardCharsets.UTF_8);
        String group = packet.attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID);
        return Message.of(Bytes.wrap(body)).withHeaders(Headers.of(headers)).withKey(group);
    }

    private static Header header(String name, String value) {
        String bytes = URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
        return Header.of(name, Bytes.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
