package io.wasmpipes.adapter.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Problems;
import io.wasmpipes.Sink;
import io.wasmpipes.contract.Counterpart;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Sinks to a target of the test, and what tests do with them. */
abstract class HttpSinks {
    static Sink open(String uri, Map<String, String> variables) {
        Endpoint endpoint = Endpoint.parse(
                        Endpoint.Role.SINK, "SINK_URI", uri, Counterpart.variables(variables), new Problems())
                .orElseThrow();
        Context context = new Context("test", Limits.DEFAULT, Path.of("target"), InstantSource.system());
        try {
            return new HttpAdapter().sink(endpoint, context);
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    static Sink open(String uri) {
        return open(uri, Map.of());
    }

    static Outcome send(Sink sink, Message message) throws InterruptedException {
        return sink.send(List.of(message)).await().getFirst();
    }

    static Message text(String body) {
        return Message.of(Bytes.utf8(body));
    }
}
