package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.engine.GuestMemory;
import io.wasmpipes.wasm.engine.HostFunction;
import io.wasmpipes.wasm.http.HttpCalls;
import java.util.List;

/** Requests of plug-ins: a plug-in has no way to hear of a failure but to fail with it. One thread. */
final class ExtismHttp {
    static final String REQUEST = "http_request";

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
                headers = host.heap.put(json(reply.headers()));
                yield host.heap.put(reply.body());
            }
            case HttpCalls.Failure failure -> throw ExtismCalls.failed(failure);
        };
    }

    private static HttpCalls.Call call(Bytes description, Bytes body) throws PoisonException {
        JsonNode request = EventJson.parsed(description).orElseThrow(ExtismCalls::none);
        return ExtismCalls.call(request, request.path("url").asText(""), body);
    }

    private static Bytes json(List<Header> headers) {
        ObjectNode all = EventJson.object();
        headers.forEach(header -> all.put(header.name(), header.text()));
        return EventJson.write(all);
    }
}
