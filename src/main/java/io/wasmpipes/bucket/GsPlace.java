package io.wasmpipes.bucket;

import com.google.auth.oauth2.GoogleCredentials;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Options;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A bucket of Google Cloud Storage. STORAGE_EMULATOR_HOST names a stand-in, which needs no login. */
record GsPlace(String shown, String bucket, boolean anonymous, Variables variables) implements BlobPlace {
    private static final String SERVICE = "https://storage.googleapis.com";
    private static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_only";

    static GsPlace read(Endpoint endpoint, Options options) {
        boolean anonymous = options.flag("anonymous", false);
        return new GsPlace(endpoint.toString(), endpoint.host(), anonymous, endpoint.variables());
    }

    @Override
    public HttpRequest.Builder request(String key) throws TransientException {
        Optional<String> emulator = variables.get("STORAGE_EMULATOR_HOST");
        String server = emulator.map(host -> host.contains("://") ? host : "http://" + host)
                .orElse(SERVICE)
                .replaceFirst("/+$", "");
        URI uri = URI.create(server + "/storage/v1/b/" + bucket + "/o/" + BlobPlace.whole(key) + "?alt=media");
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (!anonymous && emulator.isEmpty()) {
            login(uri, request);
        }
        return request;
    }

    private void login(URI uri, HttpRequest.Builder request) throws TransientException {
        try {
            credentials()
                    .createScoped(SCOPE)
                    .getRequestMetadata(uri)
                    .forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        } catch (IOException e) {
            throw TransientException.outage("no credentials for " + shown
                    + ": set GOOGLE_APPLICATION_CREDENTIALS to a readable key file, or anonymous=true ("
                    + e.getMessage() + ")");
        }
    }

    private GoogleCredentials credentials() throws IOException {
        Optional<String> file = variables.get("GOOGLE_APPLICATION_CREDENTIALS");
        if (file.isEmpty()) {
            return GoogleCredentials.getApplicationDefault();
        }
        try (InputStream key = Files.newInputStream(Path.of(file.get()))) {
            return GoogleCredentials.fromStream(key);
        }
    }
}
