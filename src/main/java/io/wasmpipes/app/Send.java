package io.wasmpipes.app;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import io.wasmpipes.config.SingleEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** {@code wasm-pipes send}: one message to any sink. */
final class Send {
    private static final String SUBJECT = "send";

    private Send() {}

    /**
     * Sends it.
     *
     * @return 0 when the sink has confirmed it, else 1 after saying why not
     * @throws ConfigException if the sink is none, or there is no body
     */
    static int run(SendOptions options, Console console) throws ConfigException, InterruptedException {
        Endpoint endpoint = SingleEnd.read(
                Endpoint.Role.SINK, SUBJECT, "SINK_", options.uri, options.files.variables(console), Wiring.adapters());
        Message message = message(options);
        try (Sink sink = Tools.adapter(endpoint).sink(endpoint, Tools.context())) {
            sink.connect();
            return switch (sink.send(List.of(message)).await().getFirst()) {
                case Outcome.Confirmed() -> console.say("confirmed by " + endpoint + "\n");
                case Outcome.Failed(var why) -> failed(console, why);
            };
        } catch (TransientException e) {
            return failed(console, e);
        }
    }

    private static int failed(Console console, Exception why) {
        console.err().println("not sent: " + why.getMessage());
        return Cli.FAILED;
    }

    private static Message message(SendOptions options) throws ConfigException {
        String id = UUID.randomUUID().toString();
        List<Header> headers = new ArrayList<>();
        options.headers.forEach((name, value) -> headers.add(Header.of(name, value)));
        if (options.event != null) {
            headers.add(Header.of("ce-specversion", "1.0"));
            headers.add(Header.of("ce-id", id));
            headers.add(Header.of("ce-source", options.eventSource));
            headers.add(Header.of("ce-type", options.event));
            headers.add(Header.of("ce-time", Instant.now().toString()));
        }
        return Message.of(body(options))
                .withId(new Id(id))
                .withHeaders(Headers.of(headers))
                .withKey(options.key);
    }

    private static Bytes body(SendOptions options) throws ConfigException {
        if (options.data != null) {
            return Bytes.utf8(options.data);
        }
        try {
            return Bytes.wrap(options.file == null ? System.in.readAllBytes() : Files.readAllBytes(options.file));
        } catch (IOException e) {
            throw new ConfigException(SUBJECT, String.valueOf(options.file), "must be a readable file", "");
        }
    }
}
