package io.wasmpipes.module;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Modules at {@code http:} and {@code https:} URLs. A login stands in the URL. */
final class HttpModules implements ModuleStore {
    private static final int OK = 200;

    private final ProxySelector proxies;

    HttpModules(ProxySelector proxies) {
        this.proxies = proxies;
    }

    static boolean takes(String reference) {
        return reference.startsWith("http://") || reference.startsWith("https://");
    }

    @Override
    public ModuleImage load(String subject, String reference) throws ConfigException {
        String shown = Endpoint.redact(reference);
        URI uri = uri(subject, reference, shown);
        try (Transfers transfers = new Transfers(proxies)) {
            Transfers.Answer answer = transfers.send(request(uri));
            if (answer.status() != OK) {
                throw new Transfers.Final("the server answers " + answer.status());
            }
            return ModuleImage.of(name(uri), answer.body());
        } catch (IOException e) {
            throw new ConfigException(
                    subject, shown, "the module must be there to be downloaded", String.valueOf(e.getMessage()));
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

    private static HttpRequest request(URI uri) {
        String login = uri.getUserInfo();
        URI bare = login == null ? uri : URI.create(uri.toString().replaceFirst("//[^/@]*@", "//"));
        HttpRequest.Builder request = HttpRequest.newBuilder(bare).timeout(Transfers.ANSWER);
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
