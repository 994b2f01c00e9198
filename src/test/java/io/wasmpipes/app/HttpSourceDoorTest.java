package io.wasmpipes.app;

import static io.wasmpipes.app.HttpRig.send;
import static java.net.http.HttpRequest.BodyPublishers.ofByteArray;
import static java.net.http.HttpRequest.BodyPublishers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Who is let in: tokens, signatures, sizes, rates. */
class HttpSourceDoorTest {
    private static HttpRig guarded(Map<String, String> variables) {
        return HttpRig.open("", variables, Limits.DEFAULT, null).accepting();
    }

    @Test
    void a_token_is_demanded_where_one_is_set() {
        try (HttpRig rig = guarded(Map.of("HTTP_TOKEN", "t0ken"))) {
            assertThat(rig.post("x").statusCode()).isEqualTo(401);
            assertThat(rig.post("x").headers().firstValue("www-authenticate")).contains("Bearer");
            assertThat(rig.post("x", "Authorization", "Bearer wrong").statusCode())
                    .isEqualTo(401);
            assertThat(rig.post("x", "Authorization", "Bearer t0ken").statusCode())
                    .isEqualTo(200);
            assertThat(rig.received).hasSize(1);
            assertThat(rig.received.getFirst().headers().first("Authorization")).isEmpty();
        }
    }

    @Test
    void basic_credentials_are_demanded_where_they_are_set() {
        String good = Base64.getEncoder().encodeToString("ann:pass:word".getBytes(StandardCharsets.UTF_8));
        try (HttpRig rig = guarded(Map.of("HTTP_BASIC", "ann:pass:word"))) {
            assertThat(rig.post("x").headers().firstValue("www-authenticate").orElse(""))
                    .startsWith("Basic");
            assertThat(rig.post("x", "Authorization", "Basic " + good).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void webhooks_of_github_stripe_slack_and_the_standard_are_verified() throws Exception {
        String now = Long.toString(Instant.now().getEpochSecond());
        String old = Long.toString(Instant.now().getEpochSecond() - 301);
        signed("github", "X-Hub-Signature-256", "sha256=" + hmac("s3cret", "body"));
        signed("stripe", "Stripe-Signature", "t=" + now + ",v1=00,v1=" + hmac("s3cret", now + ".body"));
        refused("stripe", "Stripe-Signature", "t=" + old + ",v1=" + hmac("s3cret", old + ".body"));
        signed(
                "slack",
                "X-Slack-Request-Timestamp",
                now,
                "X-Slack-Signature",
                "v0=" + hmac("s3cret", "v0:" + now + ":body"));
        refused(
                "slack",
                "X-Slack-Request-Timestamp",
                old,
                "X-Slack-Signature",
                "v0=" + hmac("s3cret", "v0:" + old + ":body"));
        refused("github", "X-Hub-Signature-256", "sha256=" + hmac("other", "body"));
        refused("github", "X-Other", "x");
    }

    @Test
    void a_standard_webhook_is_signed_over_id_and_time_with_the_decoded_secret() throws Exception {
        String now = Long.toString(Instant.now().getEpochSecond());
        byte[] key = "a key of some bytes".getBytes(StandardCharsets.UTF_8);
        String secret = "whsec_" + Base64.getEncoder().encodeToString(key);
        String mac = Base64.getEncoder().encodeToString(mac(key, "msg_1." + now + ".body"));
        Map<String, String> variables = Map.of("HTTP_SIGNATURE", "standard", "HTTP_SECRET", secret);
        try (HttpRig rig = guarded(variables)) {
            String[] good = {"webhook-id", "msg_1", "webhook-timestamp", now, "webhook-signature", "v1,xx v1," + mac};
            String[] bad = {"webhook-id", "msg_2", "webhook-timestamp", now, "webhook-signature", "v1," + mac};
            assertThat(rig.post("body", good).statusCode()).isEqualTo(200);
            assertThat(rig.post("body", bad).statusCode()).isEqualTo(401);
        }
    }

    private static void signed(String scheme, String... headers) {
        assertThat(status(scheme, headers)).as(scheme).isEqualTo(200);
    }

    private static void refused(String scheme, String... headers) {
        assertThat(status(scheme, headers)).as(scheme).isEqualTo(401);
    }

    private static int status(String scheme, String... headers) {
        try (HttpRig rig = guarded(Map.of("HTTP_SIGNATURE", scheme, "HTTP_SECRET", "s3cret"))) {
            return rig.post("body", headers).statusCode();
        }
    }

    private static String hmac(String secret, String text) throws Exception {
        return HexFormat.of().formatHex(mac(secret.getBytes(StandardCharsets.UTF_8), text));
    }

    private static byte[] mac(byte[] key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_gzip_body_is_inflated_and_a_broken_one_refused() throws IOException {
        try (HttpRig rig = HttpRig.open("").accepting()) {
            assertThat(gzipped(rig, gzip("hello".getBytes(StandardCharsets.UTF_8)))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(rig.received.getFirst().body().utf8()).isEqualTo("hello");
            assertThat(rig.received.getFirst().headers().first("Content-Encoding"))
                    .isEmpty();
            assertThat(gzipped(rig, new byte[] {1, 2, 3}).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void a_gzip_bomb_is_stopped_at_the_limit() throws IOException {
        try (HttpRig rig = HttpRig.open("?max_body=1MiB").accepting()) {
            byte[] bomb = gzip(new byte[64 << 20]);
            assertThat(bomb.length).isLessThan(1 << 20);
            assertThat(gzipped(rig, bomb).statusCode()).isEqualTo(413);
            assertThat(rig.post("after").statusCode()).isEqualTo(200);
            assertThat(rig.received).hasSize(1);
        }
    }

    @Test
    void the_signature_of_a_gzip_body_is_that_of_the_bytes_sent() throws Exception {
        byte[] raw = gzip("hello".getBytes(StandardCharsets.UTF_8));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("s3cret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signature = "sha256=" + HexFormat.of().formatHex(mac.doFinal(raw));
        try (HttpRig rig = guarded(Map.of("HTTP_SIGNATURE", "github", "HTTP_SECRET", "s3cret"))) {
            HttpResponse<String> answer = send(rig.to("/events")
                    .POST(ofByteArray(raw))
                    .headers("Content-Encoding", "gzip", "X-Hub-Signature-256", signature));
            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    private static HttpResponse<String> gzipped(HttpRig rig, byte[] body) {
        return send(rig.to("/events").POST(ofByteArray(body)).header("Content-Encoding", "gzip"));
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body);
        }
        return bytes.toByteArray();
    }

    @Test
    void a_body_over_the_limit_is_too_large_whether_its_length_is_told_or_not() {
        try (HttpRig rig = HttpRig.open("?max_body=1000").accepting()) {
            byte[] large = new byte[200_000];
            assertThat(send(rig.to("/events").POST(ofByteArray(large))).statusCode())
                    .isEqualTo(413);
            assertThat(send(rig.to("/events").POST(HttpRig.chunked(large))).statusCode())
                    .isEqualTo(413);
            assertThat(send(rig.to("/events").POST(HttpRig.chunked(new byte[1000])))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(rig.received).hasSize(1);
        }
    }

    @Test
    void above_the_rate_a_sender_is_told_to_wait() {
        try (HttpRig rig = HttpRig.open("?rate=2/m").accepting()) {
            assertThat(rig.post("1").statusCode()).isEqualTo(200);
            HttpResponse<String> answer = rig.post("2");
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.headers().firstValueAsLong("retry-after").orElse(0))
                    .isBetween(1L, 30L);
        }
    }

    @Test
    void only_the_methods_that_are_named_are_valid() {
        try (HttpRig rig = HttpRig.open("?methods=PATCH").accepting()) {
            assertThat(rig.post("x").statusCode()).isEqualTo(400);
            assertThat(send(rig.to("/events").method("PATCH", ofString("x"))).statusCode())
                    .isEqualTo(200);
        }
    }
}
