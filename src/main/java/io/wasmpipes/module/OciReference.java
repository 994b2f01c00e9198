package io.wasmpipes.module;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code oci://REGISTRY/REPOSITORY[:TAG][@sha256:DIGEST][#TITLE]}.
 *
 * @param registry host and perhaps port
 * @param tag {@code latest} where none is written
 * @param digest of the manifest; wins over the tag
 * @param title which layer of several
 */
record OciReference(String registry, String repository, String tag, Optional<String> digest, Optional<String> title) {
    private static final String SCHEME = "oci://";
    private static final String DOCKER = "docker.io";
    private static final Pattern SHAPE = Pattern.compile(SCHEME + "(?<registry>[A-Za-z0-9.-]+(?::\\d{1,5})?)"
            + "/(?<repository>[a-z0-9]+(?:(?:[._]|__|-+|/)[a-z0-9]+)*)"
            + "(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
            + "(?:@(?<digest>sha256:[0-9a-f]{64}))?"
            + "(?:#(?<title>.+))?");

    static boolean takes(String reference) {
        return reference.startsWith(SCHEME);
    }

    static OciReference parse(String subject, String text) throws ConfigException {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            throw new ConfigException(
                    subject,
                    Endpoint.redact(text),
                    "must be oci://REGISTRY/REPOSITORY[:TAG][@sha256:DIGEST][#TITLE]",
                    "for instance oci://ghcr.io/me/module:1.0; logins stand in docker's config.json");
        }
        String registry = matcher.group("registry");
        String repository = matcher.group("repository");
        boolean official = registry.equals(DOCKER) && !repository.contains("/");
        return new OciReference(
                registry,
                official ? "library/" + repository : repository,
                Optional.ofNullable(matcher.group("tag")).orElse("latest"),
                Optional.ofNullable(matcher.group("digest")),
                Optional.ofNullable(matcher.group("title")));
    }

    /** The name of the manifest: its digest, else the tag. */
    String version() {
        return digest.orElse(tag);
    }

    /** Where its repository is asked for things. */
    URI at(boolean plain, String path) {
        String host = registry.equals(DOCKER) ? "registry-1.docker.io" : registry;
        return URI.create((plain ? "http://" : "https://") + host + "/v2/" + repository + "/" + path);
    }

    /** The same with the digest of its manifest, to be pasted where nothing is to change. */
    String pinned(String manifest) {
        return SCHEME + registry + "/" + repository + ":" + tag + "@" + manifest;
    }
}
