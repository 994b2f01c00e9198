package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.Pem;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** TLS by PEM files at both ends: our sink before our source, where it is TLS that is looked at. */
class HttpsTest {
    private final Path folder = Folders.fresh("https");
    private final Pem.Pair server = Pem.selfSigned(folder, "server");
    private final Pem.Pair client = Pem.selfSigned(folder, "client");

    private static Map<String, String> tls(Pem.Pair own, Pem.Pair trusted) {
        Map<String, String> variables = new HashMap<>();
        if (own != null) {
            variables.put("TLS_CERT_FILE", own.certificate().toString());
            variables.put("TLS_KEY_FILE", own.key().toString());
        }
        if (trusted != null) {
            variables.put("TLS_CA_FILE", trusted.certificate().toString());
        }
        return variables;
    }

    private static Outcome send(int port, Map<String, String> variables) throws ConfigException, InterruptedException {
        Endpoint endpoint = HttpRig.endpoint("SINK_URI", "https://127.0.0.1:" + port + "/events?timeout=5s", variables);
        Context context = new Context("test", Limits.DEFAULT, Path.of("target"), InstantSource.system());
        try (Sink sink = HttpRig.adapter().sink(endpoint, context)) {
            return sink.send(List.of(Message.of(Bytes.utf8("secret")))).await().getFirst();
        }
    }

    private static void assertOutage(Outcome outcome) {
        assertThat(outcome)
                .matches(o -> o instanceof Outcome.Failed(TransientException e)
                        && e.scope() == TransientException.Scope.OUTAGE);
    }

    @Test
    void a_sink_that_trusts_the_sources_certificate_is_served() throws Exception {
        try (HttpRig rig = HttpRig.secure(tls(server, null)).accepting()) {
            assertThat(send(rig.port, tls(null, server))).isEqualTo(Outcome.Confirmed.YES);
            assertThat(rig.received.getFirst().body().utf8()).isEqualTo("secret");
        }
    }

    @Test
    void a_certificate_of_somebody_else_is_an_outage() throws Exception {
        try (HttpRig rig = HttpRig.secure(tls(server, null)).accepting()) {
            assertOutage(send(rig.port, tls(null, client)));
            assertOutage(send(rig.port, Map.of()));
            assertThat(rig.received).isEmpty();
        }
    }

    @Test
    void a_source_with_a_ca_wants_to_see_a_certificate() throws Exception {
        try (HttpRig rig = HttpRig.secure(tls(server, client)).accepting()) {
            assertOutage(send(rig.port, tls(null, server)));
            assertThat(send(rig.port, tls(client, server))).isEqualTo(Outcome.Confirmed.YES);
            assertThat(rig.received).hasSize(1);
        }
    }

    @Test
    void an_https_source_without_a_certificate_is_a_problem() {
        Endpoint endpoint = HttpRig.endpoint("SOURCE_URI", "https://:9443/events", Map.of());
        assertThat(HttpRig.adapter().problems(endpoint))
                .singleElement()
                .satisfies(problem -> assertThat(problem.toString()).contains("needs a certificate"));
    }
}
