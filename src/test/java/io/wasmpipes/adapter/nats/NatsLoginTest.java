package io.wasmpipes.adapter.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nats.client.NKey;
import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Problems;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logging in to real servers. */
@Timeout(180)
class NatsLoginTest {
    private static final Context CONTEXT = new Context("p", Limits.DEFAULT, Path.of("."), InstantSource.system());

    @TempDir
    Path folder;

    private static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> variables) {
        return Endpoint.parse(role, "THE_URI", uri, Counterpart.variables(variables), new Problems())
                .orElseThrow();
    }

    private static Sink sink(Map<String, String> variables) throws Exception {
        return new NatsAdapter().sink(endpoint(Endpoint.Role.SINK, "nats://a", variables), CONTEXT);
    }

    private static void assertConnects(Map<String, String> variables) throws Exception {
        try (Sink sink = sink(variables)) {
            sink.connect();
            assertThat(sink.send(List.of(Message.of(Bytes.utf8("x")))).await()).containsExactly(Outcome.Confirmed.YES);
        }
    }

    private static void assertRefused(Map<String, String> variables) throws Exception {
        try (Sink sink = sink(variables)) {
            assertThatThrownBy(sink::connect)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContaining("refuses the credentials");
        }
    }

    @Test
    void a_replaced_password_is_used_at_the_next_connect() throws Exception {
        try (NatsServer server = NatsServer.start("--user", "me", "--pass", "right")) {
            Map<String, String> variables =
                    new HashMap<>(Map.of("NATS_SERVER_URL", server.url(), "NATS_USER", "me", "NATS_PASSWORD", "wrong"));
            try (Sink sink = sink(variables)) {
                assertThatThrownBy(sink::connect).hasMessageContaining("refuses the credentials");
                variables.put("NATS_PASSWORD", "right");
                sink.connect();
            }
            assertRefused(Map.of("NATS_SERVER_URL", server.url()));
            assertConnects(Map.of("NATS_SERVER_URL", "nats://me:right@127.0.0.1:" + server.port()));
        }
    }

    @Test
    void a_token_logs_in() throws Exception {
        try (NatsServer server = NatsServer.start("--auth", "t0ken")) {
            assertConnects(Map.of("NATS_SERVER_URL", server.url(), "NATS_TOKEN", "t0ken"));
            assertConnects(Map.of("NATS_SERVER_URL", "t0ken@127.0.0.1:" + server.port()));
            assertRefused(Map.of("NATS_SERVER_URL", server.url(), "NATS_TOKEN", "other"));
        }
    }

    @Test
    void a_key_logs_in() throws Exception {
        NKey key = NKey.createUser(null);
        Path configuration = Files.writeString(
                folder.resolve("nats.conf"),
                "authorization: { users: [ { nkey: " + new String(key.getPublicKey()) + " } ] }");
        try (NatsServer server = NatsServer.start("-c", configuration.toString())) {
            assertConnects(Map.of("NATS_SERVER_URL", server.url(), "NATS_NKEY", new String(key.getSeed())));
            assertRefused(Map.of(
                    "NATS_SERVER_URL",
                    server.url(),
                    "NATS_NKEY",
                    new String(NKey.createUser(null).getSeed())));
        }
    }

    @Test
    void a_connection_is_encrypted_and_its_server_must_be_trusted() throws Exception {
        Pem.Pair pair = Pem.selfSigned(folder, "server");
        String certificate = pair.certificate().toString();
        try (NatsServer server = NatsServer.start(
                "--tls", "--tlscert", certificate, "--tlskey", pair.key().toString())) {
            String plain = "127.0.0.1:" + server.port();
            assertConnects(Map.of("NATS_SERVER_URL", "tls://" + plain, "TLS_CA_FILE", certificate));
            assertConnects(Map.of("NATS_SERVER_URL", plain, "TLS_CA_FILE", certificate));
            for (String url : List.of("tls://" + plain, plain)) {
                try (Sink sink = sink(Map.of("NATS_SERVER_URL", url))) {
                    assertThatThrownBy(sink::connect)
                            .isInstanceOf(TransientException.class)
                            .hasMessageContaining(plain);
                }
            }
        }
    }

    @Test
    void what_the_server_does_not_permit_is_an_outage_and_never_confirmed() throws Exception {
        Path configuration = Files.writeString(
                folder.resolve("nats.conf"),
                "authorization: { users: [ { user: u, password: p, permissions: {"
                        + " publish: { deny: \"a\" }, subscribe: { deny: \"b\" } } } ] }");
        try (NatsServer server = NatsServer.start("-c", configuration.toString())) {
            Map<String, String> variables =
                    Map.of("NATS_SERVER_URL", server.url(), "NATS_USER", "u", "NATS_PASSWORD", "p");
            try (Sink sink = sink(variables)) {
                sink.connect();
                for (int i = 0; i < 20; i++) {
                    assertThat(sink.send(List.of(Message.of(Bytes.utf8("x")))).await())
                            .singleElement()
                            .isInstanceOfSatisfying(
                                    Outcome.Failed.class,
                                    failed -> assertThat(failed.why())
                                            .isInstanceOf(TransientException.class)
                                            .hasMessageContaining("Permissions Violation for Publish to \"a\""));
                }
            }
            Endpoint denied = endpoint(Endpoint.Role.SOURCE, "nats://b", variables);
            try (Source source = new NatsAdapter().source(denied, CONTEXT)) {
                assertThatThrownBy(source::connect).hasMessageContaining("Permissions Violation");
            }
        }
    }
}
