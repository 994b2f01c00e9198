package io.wasmpipes.module;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wasmpipes.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One repository of an OCI registry, by the distribution protocol: asks, and where it is refused logs in as the registry
 * wants it. One thread.
 */
final class OciRegistry implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final String BEARER = "Bearer ";
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;

    private final OciReference reference;
    private final boolean plain;
    private final DockerLogins logins;
    private final Transfers transfers;
    private @Nullable String authorization;

    /** @throws ConfigException if a proxy is no URL */
    OciRegistry(OciReference reference, Places places) throws ConfigException {
        this.reference = reference;
        this.plain = places.plainHttp().contains(reference.registry());
        this.logins = new DockerLogins(places.dockerConfig());
        this.transfers = new Transfers(new EnvProxies(places.variables()));
    }

    /** Asks for {@code path} of the repository. */
    Transfers.Answer get(String path, String... headers) throws IOException, InterruptedException {
        return ask("GET", reference.at(plain, path), BodyPublishers.noBody(), headers);
    }

    /** Sends to {@code path} of the repository, or, if it is a whole URL, there. */
    Transfers.Answer send(String method, String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        URI base = reference.at(plain, "");
        return ask(method, Transfers.resolve(base, path), BodyPublishers.ofByteArray(body), headers);
    }

    private Transfers.Answer ask(String method, URI uri, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(Transfers.ANSWER).method(method, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        Transfers.Answer answer = transfers.send(authorized(request, uri));
        if (answer.status() == UNAUTHORIZED) {
            authorization = logIn(answer.header("WWW-Authenticate").orElse(""));
            answer = transfers.send(authorized(request, uri));
        }
        return answer;
    }

    /** The login goes to the registry alone, not to where it keeps its uploads. */
    private HttpRequest authorized(HttpRequest.Builder request, URI uri) {
        URI home = reference.at(plain, "");
        boolean own = home.getScheme().equals(uri.getScheme())
                && home.getRawAuthority().equals(uri.getRawAuthority());
        if (authorization != null && own) {
            request.setHeader("Authorization", authorization);
        }
        return request.build();
    }

    private @Nullable String logIn(String challenge) throws IOException, InterruptedException {
        Optional<DockerLogins.Login> login = logins.find(reference.registry());
        if (!challenge.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return login.map(DockerLogins.Login::basic)
                    .orElseThrow(() -> new Transfers.Final(
                            "the registry wants a login; docker's config.json has none for " + reference.registry()));
        }
        String token = token(challenge, login);
        return BEARER + token;
    }

    private String token(String challenge, Optional<DockerLogins.Login> login)
            throws IOException, InterruptedException {
        String realm = "";
        StringBuilder query = new StringBuilder();
        for (Matcher m = PARAMETER.matcher(challenge); m.find(); ) {
            if (m.group(1).equals("realm")) {
                realm = m.group(2);
            } else if (!m.group(1).equals("error")) {
                query.append('&').append(m.group(1)).append('=').append(encoded(m.group(2)));
            }
        }
        URI uri = Transfers.resolve(reference.at(plain, ""), realm);
        if (!plain && !"https".equals(uri.getScheme())) {
            throw new Transfers.Final("the registry sends logins to " + realm + ", which is not https");
        }
        Transfers.Answer answer = transfers.send(tokenRequest(uri, query.toString(), login));
        if (answer.status() != OK) {
            throw new Transfers.Final("the login at " + uri.getHost() + " is answered with " + answer.status()
                    + (login.isEmpty() ? "; docker's config.json has none for " + reference.registry() : ""));
        }
        return read(answer);
    }

    private static HttpRequest tokenRequest(URI uri, String query, Optional<DockerLogins.Login> login) {
        HttpRequest.Builder request = HttpRequest.newBuilder().timeout(Transfers.ANSWER);
        if (login.isPresent() && login.get().refreshToken()) {
            String form = "grant_type=refresh_token&client_id=wasm-pipes&refresh_token="
                    + encoded(login.get().secret()) + query;
            return request.uri(uri)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(form))
                    .build();
        }
        login.ifPresent(known -> request.header("Authorization", known.basic()));
        String text = uri.toString();
        String separator = text.contains("?") ? "&" : "?";
        return request.uri(URI.create(query.isEmpty() ? text : text + separator + query.substring(1)))
                .build();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String read(Transfers.Answer answer) throws IOException {
        try {
            var body = JSON.readTree(answer.body().toArray());
            String token = body.path("token").asText(body.path("access_token").asText(""));
            if (!token.isEmpty()) {
                return token;
            }
        } catch (JsonProcessingException e) {
            // told below
        }
        throw new Transfers.Final("the registry's login gives no token");
    }

    @Override
    public void close() {
        transfers.close();
    }
}
