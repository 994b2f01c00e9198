package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A message as the gateway would show it to a plug-in: the request with its line and headers, the configuration, the body. */
final class OtoroshiContext {
    static final String METHOD = "http-method";
    static final String PATH = "http-path";
    static final String QUERY = "http-query";

    /** The headers that hold the request line. */
    static final List<String> LINE = List.of(METHOD, PATH, QUERY);

    private static final JsonMapper JSON = new JsonMapper();

    /** The gateway's route and backend, as far as a pipe has any: the kits of some languages insist on every member. */
    private static final JsonNode ROUTE = constant("""
            {"id": "", "name": "", "description": "", "tags": [], "metadata": {}, "enabled": true, "debug_flow": false,
             "export_reporting": false, "capture": false, "groups": [], "plugins": [], "backend_ref": null,
             "frontend": {"domains": [], "strip_path": false, "exact": false, "headers": {}, "query": {}, "methods": []},
             "backend": {"targets": [], "root": "/", "rewrite": false, "load_balancing": {"type": "RoundRobin"},
                         "client": {}, "health_check": {"enabled": false, "url": ""}}}""");

    private static final JsonNode BACKEND = constant("""
            {"id": "", "hostname": "", "port": 0, "tls": false, "weight": 1, "protocol": "HTTP/1.1", "ip_address": null,
             "predicate": {"type": "AlwaysMatch"}, "tls_config": {}}""");

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final String function;
    private final ObjectNode config;

    OtoroshiContext(String function, Map<String, String> config) {
        this.function = function;
        this.config = EventJson.object();
        config.forEach(this.config::put);
    }

    private static JsonNode constant(String text) {
        return EventJson.parsed(Bytes.utf8(text)).orElseThrow();
    }

    Bytes of(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.body().length() * 4 + 1024);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            for (Map.Entry<String, JsonNode> each : tree(message).properties()) {
                out.writeFieldName(each.getKey());
                out.writeTree(each.getValue());
            }
            out.writeFieldName(bodyName());
            body(out, message.body());
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return Bytes.wrap(bytes.toByteArray());
    }

    private ObjectNode tree(Message message) {
        ObjectNode tree = EventJson.object();
        String id = message.id().value();
        tree.put("snowflake", id);
        ObjectNode request = request(message, id);
        tree.set("request", request);
        tree.set("raw_request", request);
        tree.set("otoroshi_request", request);
        ObjectNode response = response(message, request.path("headers"));
        tree.set("raw_response", response);
        tree.set("otoroshi_response", response);
        tree.set("config", config);
        tree.putObject("global_config");
        tree.putObject("attrs");
        tree.set("route", ROUTE);
        tree.set("backend", BACKEND);
        tree.putNull("apikey").putNull("user");
        return tree.put("origin", "NgReverseProxy").put("status", NOT_FOUND).put("message", "");
    }

    private static ObjectNode request(Message message, String id) {
        String path = message.headers().first(PATH).orElse("/");
        String query = message.headers().first(QUERY).orElse("");
        String uri = query.isEmpty() ? path : path + "?" + query;
        ObjectNode request = EventJson.object();
        request.put("id", id.hashCode() & Integer.MAX_VALUE)
                .put("method", message.headers().first(METHOD).orElse("POST"));
        request.set("headers", headers(message));
        request.putArray("cookies");
        request.put("tls", false)
                .put("uri", uri)
                .put("url", uri)
                .put("path", path)
                .put("version", "HTTP/1.1");
        request.set("query", query(query));
        request.put("has_body", !message.body().isEmpty()).put("remote", "");
        request.putNull("client_cert_chain").putNull("backend").putObject("path_params");
        return request;
    }

    private static ObjectNode response(Message message, JsonNode headers) {
        ObjectNode response = EventJson.object();
        String status = message.headers().first("status").orElse("");
        response.put("status", status.matches("[1-5]\\d\\d") ? Integer.parseInt(status) : OK);
        response.set("headers", headers);
        response.putArray("cookies");
        return response;
    }

    /** Under the name that they have and in lower case: plug-ins look for what they expect a client to write. */
    private static ObjectNode headers(Message message) {
        List<Header> own =
                message.headers().list().stream().filter(OtoroshiContext::own).toList();
        ObjectNode headers = EventJson.object();
        EventJson.putHeaders(headers, own);
        EventJson.putHeaders(
                headers,
                own.stream()
                        .map(header -> Header.of(Headers.fold(header.name()), header.bytes()))
                        .toList());
        return headers;
    }

    private static boolean own(Header header) {
        return !LINE.contains(Headers.fold(header.name()));
    }

    private static ObjectNode query(String text) {
        ObjectNode query = EventJson.object();
        for (String pair : text.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
                ArrayNode values = query.path(name) instanceof ArrayNode known ? known : query.putArray(name);
                values.add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text; // as it came
        }
    }

    private String bodyName() {
        return switch (function) {
            case "transform_response" -> "response_body_bytes";
            case "sink_handle" -> "body_bytes";
            default -> "request_body_bytes";
        };
    }

    private static void body(JsonGenerator out, Bytes body) throws IOException {
        if (body.isEmpty()) {
            out.writeNull();
            return;
        }
        int[] numbers = new int[body.length()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = body.at(i) & 0xff;
        }
        out.writeArray(numbers, 0, numbers.length);
    }
}
