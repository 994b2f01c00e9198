package io.wasmpipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wasmpipes.support.Folders;
import io.wasmpipes.support.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
    private static final Path FOLDER = Folders.fresh("tls");
    private static final Pem.Pair SERVER = Pem.selfSigned(FOLDER, "server");
    private static final Pem.Pair CLIENT = Pem.selfSigned(FOLDER, "client");

    private static Variables vars(Map<String, String> values) {
        return new Variables() {
            @Override
            public Optional<String> get(String name) {
                return Optional.ofNullable(values.get(name));
            }

            @Override
            public String nameOf(String name) {
                return values.containsKey(name) ? "SINK_" + name : name;
            }
        };
    }

    private static Map<String, String> files(Path ca, Path certificate, Path key) {
        Map<String, String> values = new HashMap<>();
        values.put("TLS_CA_FILE", ca.toString());
        values.put("TLS_CERT_FILE", certificate.toString());
        values.put("TLS_KEY_FILE", key.toString());
        return values;
    }

    private static SSLContext context(Map<String, String> values) throws ConfigException {
        return Tls.context(vars(values)).orElseThrow();
    }

    /** The byte that the server sends once it has authenticated the client. */
    private static int talk(SSLContext server, SSLContext client) throws Exception {
        try (SSLServerSocket listening = (SSLServerSocket)
                server.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listening.setNeedClientAuth(true);
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
                try (SSLSocket socket = (SSLSocket) listening.accept()) {
                    socket.getOutputStream().write(42);
                } catch (IOException e) {
                    // the client tells
                }
            });
            try (SSLSocket socket = (SSLSocket) client.getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), listening.getLocalPort())) {
                return socket.getInputStream().read();
            } finally {
                served.join();
            }
        }
    }

    @Test
    void without_variables_the_jvm_decides() throws Exception {
        assertThat(Tls.context(Variables.NONE)).isEmpty();
    }

    @Test
    void both_sides_prove_who_they_are() throws Exception {
        SSLContext server = context(files(CLIENT.certificate(), SERVER.certificate(), SERVER.key()));
        SSLContext client = context(files(SERVER.certificate(), CLIENT.certificate(), CLIENT.key()));

        assertThat(talk(server, client)).isEqualTo(42);
    }

    @Test
    void a_server_of_another_authority_is_refused() throws Exception {
        SSLContext server = context(files(CLIENT.certificate(), SERVER.certificate(), SERVER.key()));
        SSLContext client = context(files(CLIENT.certificate(), CLIENT.certificate(), CLIENT.key()));

        assertThat(catchThrowableOfType(SSLHandshakeException.class, () -> talk(server, client)))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rsa:2048",
                "ec -pkeyopt ec_paramgen_curve:P-256",
                "ec -pkeyopt ec_paramgen_curve:P-521",
                "ed25519"
            })
    void keys_of_every_usual_kind_are_read(String kind) throws Exception {
        Pem.Pair pair = Pem.selfSigned(FOLDER, "kind-" + kind.replaceAll("[^a-z0-9]", ""), kind);

        assertThat(Tls.read(vars(files(pair.certificate(), pair.certificate(), pair.key()))))
                .isPresent();
    }

    @Test
    void the_older_forms_of_rsa_and_ec_keys_are_read() throws Exception {
        Path old = FOLDER.resolve("old-rsa.key");
        Pem.openssl("rsa", "-in", SERVER.key().toString(), "-traditional", "-out", old.toString());
        assertThat(Files.readString(old)).contains("BEGIN RSA PRIVATE KEY");
        SSLContext server = context(files(CLIENT.certificate(), SERVER.certificate(), old));
        SSLContext client = context(files(SERVER.certificate(), CLIENT.certificate(), CLIENT.key()));
        assertThat(talk(server, client)).isEqualTo(42);

        for (String curve : new String[] {"prime256v1", "secp384r1", "secp521r1"}) {
            Path key = FOLDER.resolve(curve + ".key");
            Path certificate = FOLDER.resolve(curve + ".crt");
            Pem.openssl("ecparam", "-name", curve, "-genkey", "-out", key.toString());
            Pem.openssl("req", "-x509", "-key", key.toString(), "-subj", "/CN=x", "-out", certificate.toString());
            assertThat(Files.readString(key)).contains("BEGIN EC PARAMETERS", "BEGIN EC PRIVATE KEY");
            assertThat(Tls.read(vars(files(certificate, certificate, key)))).isPresent();
        }
    }

    @Test
    void every_problem_is_told_with_the_variable_it_is_in() throws Exception {
        Path nothing = Files.writeString(FOLDER.resolve("nothing.pem"), "nothing\n");
        Path empty = Files.writeString(FOLDER.resolve("empty.pem"), "");
        ConfigException failure = catchThrowableOfType(
                ConfigException.class, () -> Tls.read(vars(files(nothing, empty, FOLDER.resolve("missing.pem")))));

        assertThat(failure.problems())
                .extracting(Problem::subject)
                .containsExactly("SINK_TLS_CA_FILE", "SINK_TLS_CERT_FILE", "SINK_TLS_KEY_FILE");
    }

    @Test
    void a_certificate_needs_its_own_key() throws Exception {
        assertThat(problem(Map.of("TLS_CERT_FILE", SERVER.certificate().toString())))
                .contains("SINK_TLS_CERT_FILE", "needs TLS_KEY_FILE");
        assertThat(problem(Map.of("TLS_KEY_FILE", SERVER.key().toString()))).contains("needs TLS_CERT_FILE");
        assertThat(problem(files(SERVER.certificate(), SERVER.certificate(), CLIENT.key())))
                .contains("is not the key of the first certificate");
    }

    @Test
    void an_encrypted_key_is_refused_with_the_way_out() throws Exception {
        Path locked = FOLDER.resolve("locked.key");
        Pem.openssl("pkcs8", "-topk8", "-in", SERVER.key().toString(), "-passout", "pass:x", "-out", locked.toString());

        assertThat(problem(files(SERVER.certificate(), SERVER.certificate(), locked)))
                .contains("the key is encrypted", "openssl pkcs8 -topk8 -nocrypt");
    }

    private static String problem(Map<String, String> values) {
        return catchThrowableOfType(ConfigException.class, () -> Tls.read(vars(values)))
                .getMessage();
    }

    @Test
    void rotated_files_are_seen_at_the_next_read() throws Exception {
        Path ca = Files.copy(SERVER.certificate(), FOLDER.resolve("rotated.pem"));
        Map<String, String> values = files(ca, CLIENT.certificate(), CLIENT.key());
        SSLContext server = context(files(CLIENT.certificate(), SERVER.certificate(), SERVER.key()));
        assertThat(talk(server, context(values))).isEqualTo(42);

        Files.writeString(ca, Files.readString(CLIENT.certificate()));
        assertThat(catchThrowableOfType(SSLHandshakeException.class, () -> talk(server, context(values))))
                .isNotNull();
    }
}
