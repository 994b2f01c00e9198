package io.wasmpipes.adapter.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A server, the official client, sources and sinks. */
abstract class NatsEnds {
    static final byte[] GOB =
            HexFormat.of().parseHex("0eff81040102ff8200010c010c000008ff82000101610162080a000568656c6c6f");

    static NatsServer server;
    static Connection raw;

    @BeforeAll
    static void start() throws Exception {
        server = NatsServer.start();
        raw = Nats.connect(server.url());
    }

    @AfterAll
    static void stop() throws Exception {
        raw.close();
        server.close();
    }

    static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(Map.of("NATS_SERVER_URL", server.url()));
        all.putAll(variables);
        Variables given = Counterpart.variables(all);
        return Endpoint.parse(role, role + "_URI", uri, given, new Problems()).orElseThrow();
    }

    static Context context() {
        return new Context("my pipe", Limits.DEFAULT, Path.of("."), InstantSource.system());
    }

    static Sink sink(String uri) throws Exception {
        return new NatsAdapter().sink(endpoint(Endpoint.Role.SINK, uri, Map.of()), context());
    }

    static Source source(String uri) throws Exception {
        return new NatsAdapter().source(endpoint(Endpoint.Role.SOURCE, uri, Map.of()), context());
    }

    static Message message(String body, Header... headers) {
        return Message.of(Bytes.utf8(body)).withHeaders(Headers.of(List.of(headers)));
    }

    /** What a raw subscriber gets from a sink. */
    static io.nats.client.Message sent(String subject, String options, Message message) throws Exception {
        Subscription subscription = raw.subscribe(subject);
        raw.flush(Await.PATIENCE);
        try (Sink sink = sink("nats://" + subject + options)) {
            assertThat(sink.send(List.of(message)).await()).containsExactly(Outcome.Confirmed.YES);
        }
        io.nats.client.Message got = subscription.nextMessage(Await.PATIENCE);
        subscription.unsubscribe();
        return got;
    }

    static String text(io.nats.client.Message packet) {
        return new String(packet.getData(), StandardCharsets.UTF_8);
    }

    static Message next(Source source) throws Exception {
        List<Delivery> one = source.receive(new Demand(1, 1 << 20, true, Await.PATIENCE));
        assertThat(one).hasSize(1);
        source.settle(List.of(new Settled(one.getFirst(), Settlement.Done.SILENT)));
        return one.getFirst().message();
    }
}
