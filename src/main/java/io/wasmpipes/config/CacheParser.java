package io.wasmpipes.config;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.Tls;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the shared cache. */
final class CacheParser {
    private static final String URI = "CACHE_URI";
    private static final Set<String> SCHEMES = Set.of("mem", "redis", "rediss");
    private static final Pattern DATABASE = Pattern.compile("/?|/\\d{1,4}");

    private final Values values;
    private final Problems problems;

    CacheParser(Values values) {
        this.values = values;
        this.problems = values.problems();
    }

    /** Empty after adding to the problems what is wrong. */
    Optional<CacheSettings> parse() {
        EndpointVariables variables = new EndpointVariables(values.env(), "CACHE_");
        long maxBytes = values.size("CACHE_MAX_BYTES", 1, Long.MAX_VALUE);
        String namespace = values.given("CACHE_NAMESPACE").orElseGet(() -> values.text("PIPE_NAME"));
        if (namespace.contains("{") || namespace.contains("}")) {
            values.wrong("CACHE_NAMESPACE", namespace, "must not contain braces", "");
        }
        Optional<CacheSettings> cache = Endpoint.parse(Endpoint.Role.CACHE, URI, values.text(URI), variables, problems)
                .map(endpoint -> new CacheSettings(endpoint, namespace, maxBytes));
        cache.ifPresent(this::check);
        return cache;
    }

    private void check(CacheSettings cache) {
        Endpoint endpoint = cache.endpoint();
        if (!SCHEMES.contains(endpoint.scheme())) {
            problems.add(URI, endpoint.toString(), "must be mem:, redis://host:port/db or rediss://host:port/db", "");
            return;
        }
        if (!endpoint.query().isEmpty()) {
            problems.add(URI, endpoint.toString(), "takes no options", "");
        }
        if (!cache.isShared()) {
            if (!endpoint.name().isEmpty()) {
                problems.add(URI, endpoint.toString(), "mem: takes no name", "");
            }
            return;
        }
        if (endpoint.host().isEmpty() || !DATABASE.matcher(endpoint.path()).matches()) {
            problems.add(URI, endpoint.toString(), "must be redis://host:port/db, db being a number", "");
        }
        if (endpoint.scheme().equals("rediss")) {
            checkTls(endpoint);
        }
        if (values.given("PIPE_NAME").isEmpty()) {
            problems.add(
                    "PIPE_NAME",
                    "",
                    "is required when CACHE_URI is shared",
                    "it names this pipe's messages and keys in the shared cache");
        }
    }

    private void checkTls(Endpoint endpoint) {
        try {
            Tls.read(endpoint.variables());
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
    }
}
