package io.wasmpipes.adapter.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Stands before ElasticMQ and answers for it when told to: for failures that ElasticMQ never has. Also a fake of STS. */
final class SqsFront implements AutoCloseable {
    /** A request as it came. */
    record Seen(String action, String authorization, String body) {}

    private record Answer(int status, String json) {}

    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, Queue<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    SqsFront() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::serve);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The next request for {@code action} is answered so, and not by ElasticMQ. */
    void answer(String action, int status, String json) {
        answers.computeIfAbsent(action, a -> new ArrayDeque<>()).add(new Answer(status, json));
    }

    /** The next request for {@code action} is refused as a whole. */
    void refuse(String action, int status, String code, String message) {
        answer(action, status, "{\"__type\":\"com.amazonaws.sqs#" + code + "\",\"message\":\"" + message + "\"}");
    }

    List<Seen> seen(String action) {
        return seen.stream().filter(each -> each.action().equals(action)).toList();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        byte[] body = exchange.getRequestBody().readAllBytes();
        String text = new String(body, StandardCharsets.UTF_8);
        String action = target == null ? "AssumeRole" : target.substring(target.indexOf('.') + 1);
        seen.add(new Seen(action, exchange.getRequestHeaders().getFirst("Authorization"), text));
        Queue<Answer> scripted = answers.get(action);
        Answer answer;
        synchronized (answers) {
            answer = scripted == null ? null : scripted.poll();
        }
        if (answer != null) {
            send(exchange, answer.status(), answer.json().getBytes(StandardCharsets.UTF_8));
        } else if (target == null) {
            send(exchange, 200, role().getBytes(StandardCharsets.UTF_8));
        } else {
            forward(exchange, target, body);
        }
    }

    private static String role() {
        return "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>"
                + "<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>other</SecretAccessKey><SessionToken>t</SessionToken>"
                + "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
    }

    private void forward(HttpExchange exchange, String target, byte[] body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + SqsServer.one().port() + "/"))
                .header("X-Amz-Target", target)
                .header("Content-Type", "application/x-amz-json-1.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            send(exchange, response.statusCode(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        client.shutdownNow();
    }
}
