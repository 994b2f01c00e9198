package io.wasmpipes.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.wasmpipes.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules in buckets. The server is a fake that keeps what it was asked: it shows what goes out, not what a cloud does with it. */
class BucketModulesTest {
    private static final String SUBJECT = "module m";
    private static final String KEY = Base64.getEncoder().encodeToString("the key".getBytes(StandardCharsets.UTF_8));

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, String> headers = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();
    private HttpServer server;
    private String base;

    @TempDir
    private Path state;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
        base = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().toString();
            asked.add(path);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
            boolean token = path.startsWith("/token");
            if (path.contains("elsewhere")) {
                exchange.getResponseHeaders().add("x-amz-bucket-region", "eu-west-3");
            }
            byte[] bytes = (token ? "{\"access_token\":\"t0ken\",\"expires_in\":3600}" : "a module")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            int status = path.contains("none") ? 404 : path.contains("elsewhere") ? 301 : 200;
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private ModuleImage load(String bucket, String reference) throws ConfigException {
        return new AnyModules(new Places(bucket, List.of(), state, new Given(variables)), state)
                .load(SUBJECT, reference);
    }

    private ModuleImage load(String reference) throws ConfigException {
        return load("file://./modules", reference);
    }

    private void s3() {
        variables.put("AWS_ENDPOINT_URL_S3", base);
        variables.put("AWS_REGION", "us-west-2");
        variables.put("AWS_ACCESS_KEY_ID", "AKID");
        variables.put("AWS_SECRET_ACCESS_KEY", "s3cret");
    }

    @Test
    void an_object_of_s3_is_asked_for_with_a_signature() throws Exception {
        s3();
        ModuleImage image = load("s3://my-bucket/dir/a b+c~*.wasm");
        assertThat(image.bytes().utf8()).isEqualTo("a module");
        assertThat(asked).containsExactly("/my-bucket/dir/a%20b%2Bc~%2A.wasm");
        assertThat(headers.get("Authorization"))
                .startsWith("AWS4-HMAC-SHA256 Credential=AKID/")
                .contains("/us-west-2/s3/aws4_request")
                .contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date")
                .doesNotContain("s3cret");
    }

    @Test
    void a_name_is_looked_up_in_the_bucket_with_its_options() throws Exception {
        s3();
        variables.remove("AWS_ENDPOINT_URL_S3");
        String options = "?endpoint=" + base + "&region=eu-central-1&prefix=team/&anonymous=true&s3ForcePathStyle=true";
        load("s3://my-bucket" + options, "hot");
        load("s3://my-bucket/folder/" + options, "hot.wasm");
        assertThat(asked).containsExactly("/my-bucket/team/hot.wasm", "/my-bucket/team/folder/hot.wasm");
        assertThat(headers).doesNotContainKey("Authorization");
    }

    @Test
    void what_is_away_was_kept_and_what_is_pinned_is_not_asked_for_again() throws Exception {
        s3();
        String digest = load("s3://my-bucket/hot.wasm").digest();
        load("s3://my-bucket/hot.wasm@" + digest);
        assertThat(asked).hasSize(1);
        server.stop(0);
        assertThat(load("s3://my-bucket/hot.wasm").digest()).isEqualTo(digest);
    }

    @Test
    void what_is_wrong_is_told() {
        s3();
        assertThatThrownBy(() -> load("s3://my-bucket/none.wasm")).hasMessageContaining("the server answers 404");
        assertThatThrownBy(() -> load("s3://my-bucket/elsewhere.wasm"))
                .hasMessageContaining("the bucket is in region eu-west-3: set AWS_REGION");
        assertThatThrownBy(() -> load("s3://my-bucket/a.wasm?regoin=x")).hasMessageContaining("regoin");
        assertThatThrownBy(() -> load("s3://my-bucket/a.wasm?endpoint=nowhere:x y"))
                .hasMessageContaining("endpoint");
        assertThatThrownBy(() -> load("gs://my-bucket"))
                .hasMessageContaining("must be a bucket and the key of an object");
        assertThatThrownBy(() -> load("azblob://c/a.wasm")).hasMessageContaining("AZURE_STORAGE_ACCOUNT");
        variables.put("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json");
        assertThatThrownBy(() -> load("gs://my-bucket/a.wasm")).hasMessageContaining("GOOGLE_APPLICATION_CREDENTIALS");
        variables.put("AZURE_STORAGE_ACCOUNT", "acc");
        variables.put("AZURE_STORAGE_KEY", "no base64!");
        assertThatThrownBy(() -> load("azblob://c/a.wasm"))
                .hasMessageContaining("no base64")
                .message()
                .doesNotContain("no base64!");
    }

    @Test
    void an_object_of_an_emulator_of_google_needs_no_login() throws Exception {
        variables.put("STORAGE_EMULATOR_HOST", base.replace("http://", ""));
        load("gs://my-bucket/dir/a b.wasm");
        assertThat(asked).containsExactly("/storage/v1/b/my-bucket/o/dir%2Fa%20b.wasm?alt=media");
        assertThat(headers).doesNotContainKey("Authorization");
    }

    @Test
    void azure_is_asked_with_a_key_or_a_signature_in_the_url() throws Exception {
        variables.put("AZURE_STORAGE_ACCOUNT", "acc");
        variables.put("AZURE_STORAGE_DOMAIN", base.replace("http://", ""));
        variables.put("AZURE_STORAGE_PROTOCOL", "http");
        variables.put("AZURE_STORAGE_KEY", KEY);
        load("azblob://mods/dir/a b.wasm");
        assertThat(asked).containsExactly("/acc/mods/dir/a%20b.wasm");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("the key".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signature = mac.doFinal(("GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:" + headers.get("X-ms-date")
                        + "\nx-ms-version:2021-12-02\n/acc/acc/mods/dir/a%20b.wasm")
                .getBytes(StandardCharsets.UTF_8));
        assertThat(headers.get("Authorization"))
                .isEqualTo("SharedKey acc:" + Base64.getEncoder().encodeToString(signature));
        headers.clear();
        variables.remove("AZURE_STORAGE_KEY");
        variables.put("AZURE_STORAGE_SAS_TOKEN", "?sv=1&sig=x%3D");
        load("azblob://mods/a.wasm");
        assertThat(asked).last().isEqualTo("/acc/mods/a.wasm?sv=1&sig=x%3D");
        assertThat(headers).doesNotContainKey("Authorization");
    }

    @Test
    void a_connection_string_says_all_of_it() throws Exception {
        variables.put(
                "AZURE_STORAGE_CONNECTION_STRING",
                "DefaultEndpointsProtocol=http;AccountName=devacc;AccountKey=" + KEY + ";BlobEndpoint=" + base
                        + "/devacc;");
        load("azblob://mods/a.wasm");
        assertThat(asked).containsExactly("/devacc/mods/a.wasm");
        assertThat(headers.get("Authorization")).startsWith("SharedKey devacc:");
    }

    @Test
    void google_is_asked_with_the_token_that_a_key_file_gets() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        String pem = "-----BEGIN PRIVATE KEY-----\\n"
                + Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())
                + "\\n-----END PRIVATE KEY-----\\n";
        Path file = state.resolve("key.json");
        Files.writeString(file, """
                {"type":"service_account","project_id":"p","private_key_id":"1","private_key":"%s",
                 "client_email":"me@p.test","client_id":"2","token_uri":"%s/token"}""".formatted(pem, base));
        variables.put("GOOGLE_APPLICATION_CREDENTIALS", file.toString());
        variables.put("HTTPS_PROXY", base); // so that nothing leaves this machine
        assertThatThrownBy(() -> load("gs://my-bucket/a.wasm")).isInstanceOf(ConfigException.class);
        assertThat(asked).first().isEqualTo("/token");
    }
}
