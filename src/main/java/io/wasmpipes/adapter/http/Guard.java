package io.wasmpipes.adapter.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Headers;
import io.wasmpipes.Variables;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may send: bearer token or basic credentials (either will do where both are set) and a webhook signature.
 * Secrets are read anew, at most once a second, when a request does not pass, so that replaced ones are seen. Thread-safe.
 */
final class Guard {
    private static final Duration REREAD = Duration.ofSeconds(1);

    private final Variables variables;
    private final @Nullable Signature signature;
    private final InstantSource clock;
    private volatile Secrets secrets;

    Guard(Endpoint endpoint, @Nullable Signature signature, InstantSource clock) {
        this.variables = endpoint.variables();
        this.signature = signature;
        this.clock = clock;
        this.secrets = read();
    }

    private record Secrets(Optional<String> token, Optional<String> basic, Optional<String> secret, Instant read) {
        /** Secrets do not belong into texts. */
        @Override
        public String toString() {
            return "secrets read at " + read;
        }
    }

    private Secrets read() {
        return new Secrets(
                variables.get("HTTP_TOKEN"),
                variables.get("HTTP_BASIC"),
                variables.get("HTTP_SECRET"),
                clock.instant());
    }

    /** Whether the request may come in, by its head alone. */
    boolean admits(Headers headers) {
        return admits(secrets, headers) || (stale() && admits(refresh(), headers));
    }

    /** Whether the signature asked for, if one is, fits the raw body. */
    boolean signed(Headers headers, Bytes raw) {
        return signature == null
                || signed(signature, secrets, headers, raw)
                || (stale() && signed(signature, refresh(), headers, raw));
    }

    /** What to offer those who are not let in. */
    String challenge() {
        return secrets.basic().isPresent() ? "Basic realm=\"wasm-pipes\"" : "Bearer";
    }

    private boolean stale() {
        return clock.instant().isAfter(secrets.read().plus(REREAD));
    }

    private Secrets refresh() {
        secrets = read();
        return secrets;
    }

    private static boolean admits(Secrets secrets, Headers headers) {
        if (secrets.token().isEmpty() && secrets.basic().isEmpty()) {
            return true;
        }
        String given = headers.first("Authorization").orElse("");
        boolean token = secrets.token().map(t -> same(given, "Bearer ", t)).orElse(false);
        boolean basic = secrets.basic()
                .map(b -> same(given, "Basic ", Base64.getEncoder().encodeToString(utf8(b))))
                .orElse(false);
        return token || basic;
    }

    private static boolean same(String given, String scheme, String expected) {
        return given.regionMatches(true, 0, scheme, 0, scheme.length())
                && MessageDigest.isEqual(utf8(given.substring(scheme.length()).strip()), utf8(expected));
    }

    private boolean signed(Signature scheme, Secrets known, Headers headers, Bytes raw) {
        return known.secret()
                .map(secret -> scheme.verify(secret, headers, raw, clock.instant()))
                .orElse(false);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
