package io.wasmpipes.wasm.abi;

import com.fasterxml.jackson.databind.JsonNode;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import io.wasmpipes.wasm.engine.HostFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the gateway does with the answer of a plug-in, for the kinds of plug-ins there are: a verdict, a refusal, a response,
 * or a request or response that was changed.
 */
final class OtoroshiDialect implements ExtismDialect {
    private static final String STATUS = "status";
    private static final String TRANSFORM = "transform";

    private final String function;
    private final OtoroshiContext context;

    OtoroshiDialect(String function, Surroundings surroundings) {
        this.function = function;
        this.context = new OtoroshiContext(function, surroundings.config());
    }

    @Override
    public List<HostFunction> functions(ExtismHost host, Surroundings surroundings) {
        return new OtoroshiHost(host, surroundings).functions();
    }

    @Override
    public Bytes input(Message message) {
        return context.of(message);
    }

    @Override
    public void take(Turn turn, Bytes output) throws PoisonException {
        JsonNode answer = EventJson.read(output);
        if (answer.path("error").isBoolean()) {
            pass(turn, answer);
        } else if (answer.has("result")) {
            judge(turn, answer);
        } else if (answer.path("delegates_call").asBoolean()) {
            turn.emit(turn.input().body(), null);
        } else {
            emit(turn, answer);
        }
    }

    /** A plug-in before the others answers only when it refuses; one that transforms says beside its answer that it does not. */
    private void pass(Turn turn, JsonNode answer) throws PoisonException {
        if (answer.path("error").asBoolean()) {
            Bytes body = OtoroshiBody.of(answer).orElse(Bytes.EMPTY);
            throw new PoisonException(answer.path(STATUS).asText("500") + " " + reason(body));
        }
        emit(turn, answer);
    }

    private static String reason(Bytes body) {
        return body.slice(0, Math.min(body.length(), CacheRules.KEY_MAX)).utf8();
    }

    /** Access is refused with an error; a route that does not match is only not this one. */
    private static void judge(Turn turn, JsonNode answer) throws PoisonException {
        if (answer.path("result").asBoolean()) {
            turn.emit(turn.input().body(), null);
        } else if (answer.path("error").isObject()) {
            JsonNode error = answer.path("error");
            throw new PoisonException(error.path(STATUS).asText("403") + " "
                    + error.path("message").asText("an error occurred"));
        } else {
            turn.drop();
        }
    }

    private void emit(Turn turn, JsonNode answer) throws PoisonException {
        boolean response = answer.path(STATUS).isNumber();
        List<Header> headers = new ArrayList<>();
        if (answer.path("headers").isObject()) {
            answer.path("headers")
                    .properties()
                    .forEach(field ->
                            put(headers, field.getKey(), field.getValue().asText()));
        } else if (!response || function.startsWith(TRANSFORM)) {
            headers.addAll(turn.input().headers().list());
        } else {
            headers.add(Header.of("Content-Type", "application/json"));
        }
        if (response) {
            put(headers, STATUS, answer.path(STATUS).asText());
        } else {
            request(turn.input().headers(), headers, answer);
        }
        for (Header header : headers) {
            turn.count(header.size());
        }
        Optional<Bytes> body = OtoroshiBody.of(answer);
        boolean kept = body.isEmpty() && (!response || function.startsWith(TRANSFORM));
        turn.emit(kept ? turn.input().body() : body.orElse(Bytes.EMPTY), null, Headers.of(headers));
    }

    /** The request line, which the gateway keeps apart from the headers. */
    private static void request(Headers before, List<Header> headers, JsonNode answer) {
        OtoroshiContext.LINE.forEach(name -> before.first(name).ifPresent(value -> put(headers, name, value)));
        if (answer.path("method").isTextual()) {
            put(headers, OtoroshiContext.METHOD, answer.path("method").asText());
        }
        if (answer.path("url").isTextual()) {
            String url = answer.path("url").asText().replaceFirst("^https?://[^/?#]*", "");
            int query = url.indexOf('?');
            put(headers, OtoroshiContext.PATH, query < 0 ? url : url.substring(0, query));
            put(headers, OtoroshiContext.QUERY, query < 0 ? "" : url.substring(query + 1));
        }
    }

    private static void put(List<Header> headers, String name, String value) {
        headers.removeIf(header -> header.name().equalsIgnoreCase(name));
        if (!value.isEmpty()) {
            headers.add(Header.of(name, value));
        }
    }
}
