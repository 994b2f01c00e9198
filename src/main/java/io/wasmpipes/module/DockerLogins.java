package io.wasmpipes.module;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The logins of registries, where {@code docker login} leaves them: {@code config.json} with {@code auths}, or the helper
 * program that it names. A file that cannot be read, or a helper that fails, is an error: a pull without the login would
 * only say "denied".
 */
final class DockerLogins {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern PROGRAM = Pattern.compile("[A-Za-z0-9._-]+");
    private static final int PATIENCE_SECONDS = 20;
    private static final String TOKEN_USER = "<token>";

    /**
     * A login.
     *
     * @param refreshToken whether the secret is an identity token, to be exchanged, and no password
     */
    record Login(String user, String secret, boolean refreshToken) {
        String basic() {
            byte[] bytes = (user + ":" + secret).getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(bytes);
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "login of " + user;
        }
    }

    private final Path folder;

    DockerLogins(Path folder) {
        this.folder = folder;
    }

    /** The login for a registry, {@code host:port}. */
    Optional<Login> find(String registry) throws IOException {
        Path file = folder.resolve("config.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode config = json(Files.readString(file), file.toString());
        String key = registry.equals("docker.io") ? "https://index.docker.io/v1/" : registry;
        String helper = config.path("credHelpers")
                .path(key)
                .asText(config.path("credsStore").asText(""));
        if (!helper.isEmpty()) {
            return asked(helper, key);
        }
        JsonNode auths = config.path("auths");
        JsonNode auth = auths.path(key);
        return written(auth.isMissingNode() ? auths.path("https://" + key) : auth);
    }

    private static JsonNode json(String text, String origin) throws IOException {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new Transfers.Final(origin + " is no JSON");
        }
    }

    private static Optional<Login> written(JsonNode auth) throws IOException {
        String token = auth.path("identitytoken").asText("");
        if (!token.isEmpty()) {
            return Optional.of(new Login(TOKEN_USER, token, true));
        }
        String encoded = auth.path("auth").asText("");
        if (encoded.isEmpty()) {
            String user = auth.path("username").asText("");
            return user.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Login(user, auth.path("password").asText(""), false));
        }
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return Optional.of(new Login(pair.substring(0, colon), pair.substring(colon + 1), false));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            throw new Transfers.Final("auth in docker's config.json must be user:password in base64");
        }
    }

    /** Docker's protocol: the registry on stdin, {@code {"Username":…,"Secret":…}} on stdout. */
    private static Optional<Login> asked(String helper, String key) throws IOException {
        if (!PROGRAM.matcher(helper).matches()) {
            throw new Transfers.Final("docker's config.json names a helper " + helper + ", which is no program's name");
        }
        String program = "docker-credential-" + helper;
        Process process = new ProcessBuilder(program, "get")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.outputWriter().append(key).close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new Transfers.Final(program + " does not answer");
            }
            String text = process.inputReader().readAllAsString();
            if (text.contains("credentials not found")) {
                return Optional.empty();
            }
            JsonNode answer = json(text, "the answer of " + program);
            String user = answer.path("Username").asText("");
            return Optional.of(new Login(user, answer.path("Secret").asText(""), user.equals(TOKEN_USER)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Transfers.Final("interrupted while " + program + " was asked");
        } finally {
            process.destroyForcibly();
        }
    }
}
