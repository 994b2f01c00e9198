package io.wasmpipes.adapter.http;

import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tokens by the OAuth2 client-credentials grant, kept until shortly before they expire. Rare requests, so the JDK's client
 * does. Thread-safe.
 */
final class ClientCredentials {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Pattern TOKEN = Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"\\\\]+)\"");
    private static final Pattern EXPIRY = Pattern.compile("\"expires_in\"\\s*:\\s*\"?(\\d{1,9})");

    private final Variables variables;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Token token;

    private record Token(String value, long until) {
        /** A token does not belong into texts. */
        @Override
        public String toString() {
            return "token";
        }
    }

    ClientCredentials(Variables variables) {
        this.variables = variables;
    }

    String token() throws TransientException, InterruptedException {
        Token known = token;
        if (known != null && known.until - System.nanoTime() > 0) {
            return known.value;
        }
        lock.lockInterruptibly();
        try {
            Token other = token;
            Token fresh = other != null && other.until - System.nanoTime() > 0 ? other : fetch();
            token = fresh;
            return fresh.value;
        } finally {
            lock.unlock();
        }
    }

    void forget() {
        token = null;
    }

    private Token fetch() throws TransientException, InterruptedException {
        String url = variables.get("HTTP_OAUTH2_TOKEN_URL").orElse("");
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpResponse<String> answer = client.send(request(url), HttpResponse.BodyHandlers.ofString());
            Matcher found = TOKEN.matcher(answer.body());
            if (answer.statusCode() != 200 || !found.find()) {
                throw TransientException.outage("the OAuth2 server at " + url + " answers " + answer.statusCode()
                        + (answer.statusCode() == 200 ? " without an access_token" : ""));
            }
            Matcher expiry = EXPIRY.matcher(answer.body());
            long seconds = expiry.find() ? Long.parseLong(expiry.group(1)) : 300;
            long kept = Math.max(1, seconds - Math.min(30, seconds / 2));
            return new Token(
                    found.group(1), System.nanoTime() + Duration.ofSeconds(kept).toNanos());
        } catch (IOException e) {
            throw TransientException.outage("the OAuth2 server at " + url + " does not answer", e);
        }
    }

    private HttpRequest request(String url) {
        String form = "grant_type=client_credentials"
                + field("client_id", "HTTP_OAUTH2_CLIENT_ID")
                + field("client_secret", "HTTP_OAUTH2_CLIENT_SECRET")
                + field("scope", "HTTP_OAUTH2_SCOPE");
        return HttpRequest.newBuilder(URI.create(url))
                .timeout(PATIENCE)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
    }

    private String field(String name, String variable) {
        return variables
                .get(variable)
                .map(value -> "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8))
                .orElse("");
    }
}
