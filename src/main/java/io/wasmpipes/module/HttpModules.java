package io.wasmpipes.module;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/**
 * Modules at {@code http:} and {@code https:} URLs. What fails for a while is asked for three times. A login stands in the
 * URL; with one, redirects are not followed, for it would go along. Without, they are, but from https to http.
 */
final class HttpModules implements ModuleStore {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(300);
    private static final int TRIES = 3;
    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final int SERVER = 500;

    /** Something that may pass. */
    private static final class Passing extends IOException {
        private static final long serialVersionUID = 1L;

        Passing(String message) {
            super(message);
        }
    }

    static boolean takes(String reference) {
        return reference.startsWith("http://") || reference.startsWith("https://");
    }

    @Override
    public ModuleImage load(String subject, String reference) throws ConfigException {
        String shown = Endpoint.redact(reference);
        URI uri = uri(subject, reference, shown);
        try (HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(uri.getUserInfo() == null ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER)
                .build()) {
            return load(subject, shown, client, uri);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConfigException(subject, shown, "the download was interrupted", "");
        }
    }

    private static URI uri(String subject, String reference, String shown) throws ConfigException {
        try {
            URI uri = URI.create(reference);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new ConfigException(subject, shown, "must be a URL such as https://host/path/module.wasm", "");
    }

    private static ModuleImage load(String subject, String shown, HttpClient client, URI uri)
            throws ConfigException, InterruptedException {
        String why = "";
        for (int i = 0; i < TRIES; i++) {
            if (i > 0) {
                Thread.sleep(PAUSE.multipliedBy(i));
            }
            try {
                return once(subject, shown, client, uri);
            } catch (Passing e) {
                why = String.valueOf(e.getMessage());
            } catch (IOException e) {
                why = "cannot be reached: " + e;
            }
        }
        throw new ConfigException(subject, shown, "the module must be there to be downloaded", why);
    }

    private static ModuleImage once(String subject, String shown, HttpClient client, URI uri)
            throws IOException, ConfigException, InterruptedException {
        HttpResponse<InputStream> response = client.send(request(uri), BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            int status = response.statusCode();
            if (status == TOO_MANY || status >= SERVER) {
                throw new Passing("the server answers " + status);
            }
            if (status != OK) {
                throw new ConfigException(
                        subject, shown, "the module must be there to be downloaded", "the server answers " + status);
            }
            byte[] bytes = in.readNBytes((int) SIZE_MAX + 1);
            if (bytes.length > SIZE_MAX) {
                throw new ConfigException(subject, shown, "a module may have at most 64MiB", "");
            }
            return ModuleImage.of(name(uri), Bytes.wrap(bytes));
        }
    }

    private static HttpRequest request(URI uri) {
        String login = uri.getUserInfo();
        URI bare = login == null ? uri : URI.create(uri.toString().replaceFirst("//[^/@]*@", "//"));
        HttpRequest.Builder request = HttpRequest.newBuilder(bare).timeout(ANSWER);
        if (login != null) {
            byte[] bytes = login.getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
        }
        return request.build();
    }

    private static String name(URI uri) {
        String path = uri.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
