package io.wasmpipes.module;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import io.wasmpipes.bucket.Buckets;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.http.HttpRequest;

/** Modules in the object stores of clouds. */
final class BucketModules implements ModuleStore {
    private static final int OK = 200;
    private static final int MOVED = 301;

    private final ProxySelector proxies;
    private final Variables variables;

    BucketModules(ProxySelector proxies, Variables variables) {
        this.proxies = proxies;
        this.variables = variables;
    }

    @Override
    public ModuleImage load(String subject, String reference) throws ConfigException {
        String shown = Endpoint.redact(reference);
        try (Transfers transfers = new Transfers(proxies)) {
            HttpRequest request = Buckets.request(subject, reference, variables)
                    .timeout(Transfers.ANSWER)
                    .build();
            Transfers.Answer answer = transfers.send(request);
            if (answer.status() != OK) {
                throw new Transfers.Final(why(answer));
            }
            String path = request.uri().getPath();
            return ModuleImage.of(path.substring(path.lastIndexOf('/') + 1), answer.body());
        } catch (IOException | TransientException e) {
            throw new ConfigException(
                    subject, shown, "the module must be there to be downloaded", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConfigException(subject, shown, "the download was interrupted", "");
        }
    }

    private static String why(Transfers.Answer answer) {
        String region = answer.header("x-amz-bucket-region").orElse("");
        return answer.status() == MOVED && !region.isEmpty()
                ? "the bucket is in region " + region + ": set AWS_REGION, or region="
                : "the server answers " + answer.status();
    }
}
