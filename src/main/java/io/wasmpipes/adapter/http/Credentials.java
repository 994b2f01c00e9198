package io.wasmpipes.adapter.http;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the target wants to see in Authorization: a token, basic credentials (by variable or in the URI), or a token that an
 * OAuth2 server gives for client credentials. Kept until {@link #renew()}. Thread-safe.
 */
final class Credentials {
    private final Variables variables;
    private final String userInfo;
    private final @Nullable ClientCredentials oauth2;
    private volatile @Nullable String known;

    Credentials(Endpoint endpoint) {
        variables = endpoint.variables();
        userInfo = endpoint.userInfo();
        oauth2 = variables.get("HTTP_OAUTH2_TOKEN_URL").isPresent() ? new ClientCredentials(variables) : null;
    }

    static void check(Endpoint endpoint, Problems problems) {
        Variables variables = endpoint.variables();
        Optional<String> url = variables.get("HTTP_OAUTH2_TOKEN_URL");
        if (url.isEmpty()) {
            return;
        }
        if (!url.get().matches("https?://[^\\s/].*") || !parses(url.get())) {
            problems.add(variables.nameOf("HTTP_OAUTH2_TOKEN_URL"), url.get(), "must be an http or https URL", "");
        }
        for (String name : new String[] {"HTTP_OAUTH2_CLIENT_ID", "HTTP_OAUTH2_CLIENT_SECRET"}) {
            if (variables.get(name).isEmpty()) {
                problems.add(
                        variables.nameOf(name),
                        "",
                        "is required with " + variables.nameOf("HTTP_OAUTH2_TOKEN_URL"),
                        "");
            }
        }
    }

    private static boolean parses(String url) {
        try {
            return URI.create(url).getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The value of Authorization, empty for none. Blocks where a token has to be fetched, at most 5 s.
     *
     * @throws TransientException an outage: the OAuth2 server is away or refuses
     */
    String authorization() throws TransientException, InterruptedException {
        if (oauth2 != null) {
            return "Bearer " + oauth2.token();
        }
        String value = known;
        if (value == null) {
            value = read();
            known = value;
        }
        return value;
    }

    /** The target refused what it was shown: the next call looks again. */
    void renew() {
        known = null;
        if (oauth2 != null) {
            oauth2.forget();
        }
    }

    private String read() {
        Optional<String> token = variables.get("HTTP_TOKEN");
        if (token.isPresent()) {
            return "Bearer " + token.get();
        }
        String basic = variables.get("HTTP_BASIC").orElse(userInfo);
        return basic.isEmpty()
                ? ""
                : "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8));
    }
}
