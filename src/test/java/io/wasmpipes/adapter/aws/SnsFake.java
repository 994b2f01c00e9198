package io.wasmpipes.adapter.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * A fake of SNS: the query protocol for GetTopicAttributes and PublishBatch, and delivery to a queue of ElasticMQ, raw or
 * wrapped as a notification. It shows that the official client is used rightly, not what the cloud does.
 */
final class SnsFake implements AutoCloseable {
    private static final SnsFake ONE = new SnsFake();
    private static final int LIMIT = 256 << 10;

    /** Where a topic's messages go. */
    private record Subscription(String queue, boolean raw) {}

    private final HttpServer server;
    private final Map<String, Subscription> topics = new ConcurrentHashMap<>();

    private SnsFake() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::serve);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    static SnsFake one() {
        return ONE;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Makes a topic of this name with one queue that reads it. */
    String topic(String name, String queueUrl, boolean raw) {
        String arn = "arn:aws:sns:eu-west-1:" + SqsServer.ACCOUNT + ":" + name;
        topics.put(arn, new Subscription(queueUrl, raw));
        return arn;
    }

    private void serve(HttpExchange exchange) throws IOException {
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, String> fields = new HashMap<>();
        for (String pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            fields.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
        }
        Subscription subscription = topics.get(fields.get("TopicArn"));
        String action = fields.getOrDefault("Action", "");
        if (subscription == null) {
            send(exchange, 404, error("NotFound", "Topic does not exist"));
        } else if (action.equals("PublishBatch")) {
            publish(exchange, fields, subscription);
        } else {
            send(exchange, 200, response(action, "<Attributes/>"));
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static void publish(HttpExchange exchange, Map<String, String> fields, Subscription subscription)
            throws IOException {
        String stem = "PublishBatchRequestEntries.member.";
        int size = 0;
        for (int i = 1; fields.containsKey(stem + i + ".Id"); i++) {
            String message = fields.getOrDefault(stem + i + ".Message", "");
            size += message.getBytes(StandardCharsets.UTF_8).length;
            for (Map.Entry<String, String> each : attributes(fields, stem + i).entrySet()) {
                size += each.getKey().length() + each.getValue().length() + "String".length();
            }
        }
        if (size > LIMIT) {
            send(exchange, 400, error("BatchRequestTooLong", "the batch is too long"));
            return;
        }
        StringBuilder good = new StringBuilder();
        StringBuilder bad = new StringBuilder();
        for (int i = 1; fields.containsKey(stem + i + ".Id"); i++) {
            String id = fields.get(stem + i + ".Id");
            String message = fields.getOrDefault(stem + i + ".Message", "");
            if (message.isEmpty()) {
                bad.append("<member><Id>")
                        .append(id)
                        .append("</Id><Code>InvalidParameter</Code>")
                        .append("<Message>Empty message</Message><SenderFault>true</SenderFault></member>");
            } else {
                deliver(fields, stem + i, subscription);
                good.append("<member><Id>")
                        .append(id)
                        .append("</Id><MessageId>")
                        .append(UUID.randomUUID())
                        .append("</MessageId></member>");
            }
        }
        send(
                exchange,
                200,
                response("PublishBatch", "<Successful>" + good + "</Successful><Failed>" + bad + "</Failed>"));
    }

    private static Map<String, String> attributes(Map<String, String> fields, String entry) {
        Map<String, String> attributes = new TreeMap<>();
        String stem = entry + ".MessageAttributes.entry.";
        for (int i = 1; fields.containsKey(stem + i + ".Name"); i++) {
            attributes.put(fields.get(stem + i + ".Name"), fields.get(stem + i + ".Value.StringValue"));
        }
        return attributes;
    }

    private static void deliver(Map<String, String> fields, String entry, Subscription subscription) {
        String message = fields.get(entry + ".Message");
        Map<String, MessageAttributeValue> values = new HashMap<>();
        StringBuilder json = new StringBuilder();
        attributes(fields, entry).forEach((name, value) -> {
            values.put(
                    name,
                    MessageAttributeValue.builder()
                            .dataType("String")
                            .stringValue(value)
                            .build());
            json.append(json.isEmpty() ? "" : ",")
                    .append('"')
                    .append(name)
                    .append("\":{\"Type\":\"String\",\"Value\":\"")
                    .append(value)
                    .append("\"}");
        });
        String wrapped = "{\"Type\":\"Notification\",\"MessageId\":\"" + UUID.randomUUID() + "\",\"TopicArn\":\""
                + fields.get("TopicArn") + "\",\"Message\":\""
                + message.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
                + "\",\"Timestamp\":\"2026-01-01T00:00:00.000Z\",\"MessageAttributes\":{" + json + "}}";
        SendMessageRequest.Builder request = SendMessageRequest.builder()
                .queueUrl(subscription.queue())
                .messageBody(subscription.raw() ? message : wrapped)
                .messageGroupId(fields.get(entry + ".MessageGroupId"))
                .messageDeduplicationId(fields.get(entry + ".MessageDeduplicationId"));
        if (subscription.raw()) {
            request.messageAttributes(values);
        }
        SqsServer.one().client().sendMessage(request.build());
    }

    private static String response(String action, String result) {
        return "<" + action + "Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><" + action + "Result>"
                + result + "</" + action + "Result></" + action + "Response>";
    }

    private static String error(String code, String message) {
        return "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type><Code>"
                + code + "</Code><Message>" + message + "</Message></Error></ErrorResponse>";
    }

    private static void send(HttpExchange exchange, int status, String xml) throws IOException {
        byte[] body = xml.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().add("Content-Type", "text/xml");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
