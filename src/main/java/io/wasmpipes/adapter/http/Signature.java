package io.wasmpipes.adapter.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.Headers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The webhook signatures that can be asked for: an HMAC-SHA256 over the raw body and, but for GitHub's, the time of sending,
 * which must not be further away than {@link #WINDOW}. Compared in constant time.
 */
enum Signature {
    GITHUB {
        @Override
        boolean verify(String secret, Headers headers, Bytes body, Instant now) {
            byte[] expected = mac(utf8(secret), "", body);
            return headers.first("X-Hub-Signature-256")
                    .filter(given -> given.startsWith("sha256="))
                    .map(given -> same(hex(given.substring(7)), expected))
                    .orElse(false);
        }
    },
    STRIPE {
        @Override
        boolean verify(String secret, Headers headers, Bytes body, Instant now) {
            List<String> parts = headers.first("Stripe-Signature").stream()
                    .flatMap(header -> Stream.of(header.split(",")))
                    .map(String::strip)
                    .toList();
            Optional<String> time = parts.stream()
                    .filter(part -> part.startsWith("t="))
                    .map(part -> part.substring(2))
                    .findFirst();
            if (time.isEmpty() || !fresh(time.get(), now)) {
                return false;
            }
            byte[] expected = mac(utf8(secret), time.get() + ".", body);
            return parts.stream()
                    .filter(part -> part.startsWith("v1="))
                    .anyMatch(part -> same(hex(part.substring(3)), expected));
        }
    },
    SLACK {
        @Override
        boolean verify(String secret, Headers headers, Bytes body, Instant now) {
            String time = headers.first("X-Slack-Request-Timestamp").orElse("");
            String given = headers.first("X-Slack-Signature").orElse("");
            return fresh(time, now)
                    && given.startsWith("v0=")
                    && same(hex(given.substring(3)), mac(utf8(secret), "v0:" + time + ":", body));
        }
    },
    STANDARD {
        @Override
        boolean verify(String secret, Headers headers, Bytes body, Instant now) {
            String id = headers.first("webhook-id").orElse("");
            String time = headers.first("webhook-timestamp").orElse("");
            if (id.isEmpty() || !fresh(time, now)) {
                return false;
            }
            byte[] expected = mac(standardKey(secret), id + "." + time + ".", body);
            return Stream.of(headers.first("webhook-signature").orElse("").split(" "))
                    .filter(given -> given.startsWith("v1,"))
                    .anyMatch(given -> same(base64(given.substring(3)), expected));
        }
    };

    /** How old, or how far ahead of our clock, a signed request may be. */
    static final Duration WINDOW = Duration.ofMinutes(5);

    private static final byte[] NONE = {};

    /** Whether the headers prove that who sent this body knows the secret. */
    abstract boolean verify(String secret, Headers headers, Bytes body, Instant now);

    /** Whether this scheme can use the secret at all. */
    boolean accepts(String secret) {
        return this != STANDARD || standardKey(secret).length > 0;
    }

    private static byte[] standardKey(String secret) {
        return base64(secret.startsWith("whsec_") ? secret.substring(6) : secret);
    }

    private static boolean fresh(String seconds, Instant now) {
        try {
            Duration age = Duration.between(Instant.ofEpochSecond(Long.parseLong(seconds)), now);
            return age.abs().compareTo(WINDOW) <= 0;
        } catch (NumberFormatException | java.time.DateTimeException e) {
            return false;
        }
    }

    private static byte[] mac(byte[] key, String prefix, Bytes body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacSHA256"));
            mac.update(utf8(prefix));
            mac.update(body.asBuffer());
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private static boolean same(byte[] given, byte[] expected) {
        return MessageDigest.isEqual(given, expected);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] hex(String text) {
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }
}
