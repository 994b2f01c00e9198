package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.databind.JsonNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.PoisonException;
import io.wasmpipes.TransientException;
import io.wasmpipes.wasm.http.HttpCalls;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/** Requests that plug-ins describe in JSON. */
final class ExtismCalls {
    private ExtismCalls() {}

    static HttpCalls.Call call(JsonNode request, String url, Bytes body) throws PoisonException {
        List<Header> headers = new ArrayList<>();
        request.path("headers")
                .properties()
                .forEach(field ->
                        headers.add(Header.of(field.getKey(), field.getValue().asText())));
        try {
            return new HttpCalls.Call(request.path("method").asText("GET"), new URI(url), headers, body);
        } catch (URISyntaxException e) {
            throw none();
        }
    }

    static PoisonException none() {
        return new PoisonException("made an HTTP request that is none");
    }

    /** A plug-in has no way to hear of a failure but to fail with it. */
    static PoisonException failed(HttpCalls.Failure failure) throws TransientException {
        String text = "http: " + failure.why();
        return switch (failure.reason()) {
            case UNREACHABLE, TIMED_OUT -> throw TransientException.message(text);
            case MALFORMED, NOT_ALLOWED, TOO_LARGE -> new PoisonException(text);
        };
    }
}
