package io.wasmpipes.bucket;

import io.wasmpipes.TransientException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;

/** A bucket. */
interface BlobPlace {
    /** The request for the object of this key. */
    HttpRequest.Builder request(String key) throws TransientException, InterruptedException;

    /** A key in a path: its slashes stay. */
    static String path(String key) {
        return whole(key).replace("%2F", "/");
    }

    /** A key as one segment of a path. */
    static String whole(String key) {
        return URLEncoder.encode(key, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
