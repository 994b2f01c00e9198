package io.wasmpipes.adapter.http;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP sink is told by its URI. The options named here are taken out of the query; everything else in it is the
 * target's, so no option is unknown.
 *
 * @param target where requests go, without credentials and options
 * @param timeout within which every send ends
 * @param rate null for no limit, else as {@link Rate} reads it
 * @param concurrency requests under way at once
 */
record SinkOptions(
        URI target,
        String method,
        Duration timeout,
        @Nullable String rate,
        int concurrency) {
    private static final Set<String> OWN = Set.of("method", "timeout", "rate", "concurrency", "headers");
    private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH", "DELETE", "GET");
    private static final URI NOWHERE = URI.create("http://localhost");

    static SinkOptions read(Endpoint endpoint, Problems problems) {
        Options options = new Options(endpoint, problems);
        String method = options.text("method", "POST").toUpperCase(Locale.ROOT);
        if (!METHODS.contains(method)) {
            options.wrong("method", method, "must be one of POST, PUT, PATCH, DELETE, GET");
        }
        Duration timeout = options.duration("timeout", Duration.ofSeconds(10));
        if (timeout.isZero()) {
            options.wrong("timeout", "0", "must be longer than 0");
        }
        Optional<String> rate = options.text("rate");
        if (rate.isPresent() && Rate.parse(rate.get(), System::nanoTime).isEmpty()) {
            options.wrong("rate", rate.get(), Rate.RULE);
        }
        int concurrency = options.integer("concurrency", 32, 1, 10_000);
        return new SinkOptions(target(endpoint, problems), method, timeout, rate.orElse(null), concurrency);
    }

    private static URI target(Endpoint endpoint, Problems problems) {
        String[] parts = endpoint.uri().split("\\?", 2);
        String query = parts.length < 2
                ? ""
                : Stream.of(parts[1].split("&"))
                        .filter(part -> !OWN.contains(name(part)))
                        .collect(Collectors.joining("&"));
        String base = parts[0].replaceFirst("//[^/]*@", "//");
        if (endpoint.host().isEmpty()) {
            problems.add(endpoint.variable(), endpoint.toString(), "must name a host", "such as http://host:port/path");
            return NOWHERE;
        }
        try {
            return URI.create(query.isEmpty() ? base : base + "?" + query);
        } catch (IllegalArgumentException e) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "must be a valid URL",
                    "escape blanks and braces as %20 …");
            return NOWHERE;
        }
    }

    private static String name(String part) {
        int equals = part.indexOf('=');
        return URLDecoder.decode(equals < 0 ? part : part.substring(0, equals), StandardCharsets.UTF_8);
    }

    /** The target's port, also where the URI does not say. */
    int port() {
        return target.getPort() >= 0 ? target.getPort() : secure() ? 443 : 80;
    }

    boolean secure() {
        return "https".equalsIgnoreCase(target.getScheme());
    }

    /** The target as it may be shown: without its query. */
    String shown() {
        return method + " " + target.getScheme() + "://" + target.getAuthority() + target.getRawPath();
    }
}
