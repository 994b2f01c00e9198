package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.http.HttpCalls;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Requests of the gateway's plug-ins. As there, a host that is not allowed is a reply of 403. One thread. */
final class OtoroshiHttp {
    private static final int FORBIDDEN = 403;

    private final ExtismHost host;
    private final HttpCalls calls;

    OtoroshiHttp(ExtismHost host, HttpCalls calls) {
        this.host = host;
        this.calls = calls;
    }

    /** The block with the reply. */
    long call(Bytes description) throws TransientException, PoisonException, InterruptedException {
        JsonNode request = EventJson.parsed(description).orElseThrow(ExtismCalls::none);
        Bytes body = OtoroshiBody.of(request).orElse(Bytes.EMPTY);
        HttpCalls.Call call = ExtismCalls.call(request, url(request), body);
        return switch (V1Http.counted(host.desk, calls, call)) {
            case HttpCalls.Reply reply -> host.heap.put(EventJson.write(json(reply)));
            case HttpCalls.Failure(HttpCalls.Reason reason, String why)
            when reason == HttpCalls.Reason.NOT_ALLOWED ->
                host.heap.put(EventJson.write(json(new HttpCalls.Reply(FORBIDDEN, List.of(), Bytes.utf8(why)))));
            case HttpCalls.Failure failure -> throw ExtismCalls.failed(failure);
        };
    }

    private static String url(JsonNode request) {
        String url = request.path("url").asText("");
        List<String> pairs = new ArrayList<>();
        request.path("query")
                .properties()
                .forEach(field -> pairs.add(
                        encoded(field.getKey()) + "=" + encoded(field.getValue().asText())));
        return pairs.isEmpty() ? url : url + (url.contains("?") ? "&" : "?") + String.join("&", pairs);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static ObjectNode json(HttpCalls.Reply reply) {
        ObjectNode json = EventJson.object();
        json.put("status", reply.status());
        EventJson.putHeaders(json.putObject("headers"), reply.headers());
        return json.put("body_base64", reply.body().toArray());
    }
}
