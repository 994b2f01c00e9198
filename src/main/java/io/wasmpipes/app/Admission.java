package io.wasmpipes.app;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may see and do what on the management port, by MANAGEMENT_TOKEN: to look one needs the token if there is one; what
 * shows bodies or does something is only there with a token. Thread-safe.
 */
final class Admission {
    private final String token;

    /** @param token empty where there is none */
    Admission(String token) {
        this.token = token;
    }

    /** Why somebody must not look; null if they may. */
    @Nullable
    HttpResponse<String> refuseLook(@Nullable String authorization) {
        return token.isEmpty() || known(authorization)
                ? null
                : failed(HttpStatus.UNAUTHORIZED, "MANAGEMENT_TOKEN is required")
                        .header("WWW-Authenticate", "Bearer");
    }

    /** Why somebody must not see bodies or do anything; null if they may. */
    @Nullable
    HttpResponse<String> refuseAct(@Nullable String authorization) {
        return token.isEmpty()
                ? failed(HttpStatus.FORBIDDEN, "set MANAGEMENT_TOKEN to allow this")
                : refuseLook(authorization);
    }

    private boolean known(@Nullable String authorization) {
        byte[] expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        return authorization != null && MessageDigest.isEqual(authorization.getBytes(StandardCharsets.UTF_8), expected);
    }

    static MutableHttpResponse<String> failed(HttpStatus status, String why) {
        return HttpResponse.<String>status(status).body(Json.text(Map.of("error", why)) + "\n");
    }
}
