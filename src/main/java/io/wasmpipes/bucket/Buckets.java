package io.wasmpipes.bucket;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import java.net.http.HttpRequest;

/**
 * Objects at {@code s3://}, {@code gs://} and {@code azblob://} URIs: a bucket (a container) and a key. The options and
 * variables are those of the original's drivers. Any thread.
 */
public final class Buckets {
    private Buckets() {}

    public static boolean takes(String reference) {
        return reference.startsWith("s3://") || reference.startsWith("gs://") || reference.startsWith("azblob://");
    }

    /**
     * The signed request for an object. Blocks while a login is fetched.
     *
     * @param subject the variable that the reference comes from
     * @throws ConfigException if the reference is none
     * @throws TransientException if there is no login for it, now
     */
    public static HttpRequest.Builder request(String subject, String reference, Variables variables)
            throws ConfigException, TransientException, InterruptedException {
        Problems problems = new Problems();
        Endpoint endpoint = Endpoint.parse(Endpoint.Role.SOURCE, subject, reference, variables, problems)
                .orElseThrow(() -> new ConfigException(problems.list()));
        Options options = new Options(endpoint, problems);
        BlobPlace place = place(endpoint, options);
        String key = key(endpoint, options);
        if (endpoint.host().isEmpty() || key.isEmpty()) {
            problems.add(subject, endpoint.toString(), "must be a bucket and the key of an object", "");
        }
        options.rejectUnknown();
        problems.throwIfAny();
        return place.request(key);
    }

    private static BlobPlace place(Endpoint endpoint, Options options) {
        return switch (endpoint.scheme()) {
            case "s3" -> S3Place.read(endpoint, options);
            case "gs" -> GsPlace.read(endpoint, options);
            default -> AzurePlace.read(endpoint, options);
        };
    }

    private static String key(Endpoint endpoint, Options options) {
        String path = endpoint.path().replaceFirst("^/", "");
        String under = options.text("prefix", "") + path;
        return options.text("key", under);
    }
}
