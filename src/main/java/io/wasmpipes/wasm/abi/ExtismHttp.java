package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.GuestMemory;
import io.wasmpipes.wasm.engine.HostFunction;
import io.wasmpipes.wasm.http.HttpCalls;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/** Requests of plug-ins: a plug-in has no way to hear of a failure but to fail with it. One thread. */
final class ExtismHttp {
    static final String REQUEST = "http_request";

    private static final JsonMapper JSON = new JsonMapper();

    private final ExtismHost host;
    private final HttpCalls calls;
    private int status;
    private long headers;

    ExtismHttp(ExtismHost host, HttpCalls calls) {
        this.host = host;
        this.calls = calls;
    }

    /** Forgets the last reply. */
    void reset() {
        status = 0;
        headers = 0;
    }

    int status() {
        return status;
    }

    /** The block with the last reply's headers as JSON, 0 if there are none. */
    long headers() {
        return headers;
    }

    HostFunction function() {
        return HostFunction.blocking(Extism.MODULE, REQUEST, "i64 i64 -> i64", this::request);
    }

    private long request(GuestMemory memory, long[] a)
            throws TransientException, PoisonException, InterruptedException {
        HttpCalls.Call call = call(host.heap.block(a[0]), host.heap.block(a[1]));
        return switch (V1Http.counted(host.desk, calls, call)) {
            case HttpCalls.Reply reply -> {
                status = reply.status();
                headers = host.heap.put(Bytes.utf8(json(reply.headers())));
                yield host.heap.put(reply.body());
            }
            case HttpCalls.Failure failure -> throw failed(failure);
        };
    }

    private static PoisonException failed(HttpCalls.Failure failure) throws TransientException {
        String text = "http: " + failure.why();
        return switch (failure.reason()) {
            case UNREACHABLE, TIMED_OUT -> throw TransientException.message(text);
            case MALFORMED, NOT_ALLOWED, TOO_LARGE -> new PoisonException(text);
        };
    }

    private static HttpCalls.Call call(Bytes description, Bytes body) throws PoisonException {
        try {
            JsonNode request = JSON.readTree(description.toArray());
            List<Header> headers = new ArrayList<>();
            request.path("headers")
                    .properties()
                    .forEach(field -> headers.add(
                            Header.of(field.getKey(), field.getValue().asText())));
            return new HttpCalls.Call(
                    request.path("method").asText("GET"),
                    new URI(request.path("url").asText("")),
                    headers,
                    body);
        } catch (java.io.IOException | URISyntaxException e) {
            throw new PoisonException("made an HTTP request that is none");
        }
    }

    private static String json(List<Header> headers) {
        ObjectNode all = JSON.createObjectNode();
        headers.forEach(header -> all.put(header.name(), header.text()));
        try {
            return JSON.writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
