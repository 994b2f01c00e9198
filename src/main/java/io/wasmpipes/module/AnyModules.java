package io.wasmpipes.module;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.bucket.Buckets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Modules at any place there is: {@code http:} and {@code https:} URLs, {@code s3:}, {@code gs:} and {@code azblob:}
 * buckets and {@code oci:} registries, whose modules are kept for when they are away, else the folder. A reference may end with {@code @sha256:} and the digest it must have, in a
 * registry that of the manifest; one that was downloaded before is then not asked for again.
 */
public final class AnyModules implements ModuleStore {
    private static final Pattern PINNED = Pattern.compile("(.+)@(sha256:[0-9a-f]*)");
    private static final int DIGEST_LENGTH = "sha256:".length() + 64;

    private final String bucket;
    private final ModuleStore files;
    private final Downloads downloads;
    private final Downloads pulled;

    /**
     * All places.
     *
     * @param stateDir STATE_DIR, where downloads are kept
     * @throws ConfigException if the bucket is none, or a proxy
     */
    public AnyModules(Places places, Path stateDir) throws ConfigException {
        boolean remote = remote(places.bucket());
        this.bucket = remote ? places.bucket() : "";
        this.files = remote ? new FileModules(Path.of("")) : FileModules.at("WASM_BLOB_URI", places.bucket());
        Path kept = stateDir.resolve("modules");
        EnvProxies proxies = new EnvProxies(places.variables());
        ModuleStore web = new HttpModules(proxies);
        ModuleStore buckets = new BucketModules(proxies, places.variables());
        this.downloads = new Downloads(
                kept, (subject, reference) -> (HttpModules.takes(reference) ? web : buckets).load(subject, reference));
        this.pulled = new Downloads(kept, new OciModules(places, downloads::kept));
    }

    @Override
    public ModuleImage load(String subject, String reference) throws ConfigException {
        if (OciReference.takes(reference)) {
            return pull(subject, reference);
        }
        Matcher pinned = PINNED.matcher(reference);
        if (!pinned.matches()) {
            return find(subject, reference);
        }
        String digest = pinned.group(2);
        String shown = Endpoint.redact(reference);
        if (digest.length() != DIGEST_LENGTH) {
            throw new ConfigException(subject, shown, "a digest is sha256: and 64 hexadecimal digits", "");
        }
        Optional<ModuleImage> kept = downloads.kept(pinned.group(1), digest);
        ModuleImage image = kept.isPresent() ? kept.get() : find(subject, pinned.group(1));
        if (!image.digest().equals(digest)) {
            throw new ConfigException(
                    subject, shown, "must have the digest it is pinned to", "it has " + image.digest());
        }
        return image;
    }

    private ModuleImage pull(String subject, String reference) throws ConfigException {
        boolean pinned = OciReference.parse(subject, reference).digest().isPresent();
        Optional<ModuleImage> kept = pinned ? pulled.last(reference) : Optional.empty();
        return kept.isPresent() ? kept.get() : pulled.load(subject, reference);
    }

    private ModuleImage find(String subject, String reference) throws ConfigException {
        if (remote(reference)) {
            return downloads.load(subject, reference);
        }
        boolean path = reference.startsWith("/") || reference.startsWith(".") || reference.startsWith("file:");
        if (bucket.isEmpty() || path) {
            return files.load(subject, reference);
        }
        return downloads.load(subject, under(bucket, reference + (reference.endsWith(".wasm") ? "" : ".wasm")));
    }

    private static boolean remote(String reference) {
        return HttpModules.takes(reference) || Buckets.takes(reference);
    }

    /** What has this name under a URL, whose options stay. */
    private static String under(String url, String name) {
        int query = url.indexOf('?');
        String path = query < 0 ? url : url.substring(0, query);
        return path.replaceFirst("/+$", "") + "/" + name + (query < 0 ? "" : url.substring(query));
    }
}
