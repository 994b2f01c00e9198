package io.wasmpipes.module;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Modules in a folder, the bucket, and at plain paths. A reference that starts with {@code /}, {@code ./}, {@code ../} or
 * {@code file:} is a path; any other is looked up in the bucket as it stands, then as {@code N.wasm}, then as
 * {@code N/N.wasm}, and last, if it has a slash, as a path.
 */
public final class FileModules implements ModuleStore {
    private static final int LISTED_MAX = 50;

    private final Path bucket;

    public FileModules(Path bucket) {
        this.bucket = bucket;
    }

    /**
     * The store of a bucket URI: {@code file:modules}, {@code file://./modules} or {@code file:///var/modules}.
     *
     * @param subject the variable that the URI comes from
     * @throws ConfigException if the URI is no {@code file:} URI
     */
    public static FileModules at(String subject, String uri) throws ConfigException {
        if (!uri.startsWith("file:")) {
            throw new ConfigException(
                    subject,
                    uri,
                    "must be a folder, file:PATH",
                    "for instance file://./modules or file:///srv/modules");
        }
        return new FileModules(path(subject, uri));
    }

    @Override
    public ModuleImage load(String subject, String reference) throws ConfigException {
        if (reference.startsWith("file:") || reference.startsWith("/") || reference.startsWith(".")) {
            Path path = path(subject, reference);
            if (Files.isRegularFile(path)) {
                return read(subject, path);
            }
            throw missing(subject, reference, path.resolveSibling(""));
        }
        for (Path candidate : candidates(subject, reference)) {
            if (Files.isRegularFile(candidate)) {
                return read(subject, candidate);
            }
        }
        throw missing(subject, reference, bucket);
    }

    private List<Path> candidates(String subject, String reference) throws ConfigException {
        Path exact = path(subject, reference);
        String stem =
                reference.endsWith(".wasm") ? reference.substring(0, reference.length() - ".wasm".length()) : reference;
        Path named = bucket.resolve(stem + ".wasm");
        if (reference.contains("/")) {
            return List.of(bucket.resolve(exact), named, exact);
        }
        return List.of(bucket.resolve(exact), named, bucket.resolve(stem).resolve(stem + ".wasm"));
    }

    private static Path path(String subject, String reference) throws ConfigException {
        String text = reference.startsWith("file://") ? reference.substring(7) : reference;
        text = text.startsWith("file:") ? decoded(subject, text.substring(5)) : text;
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigException(subject, reference, "must be a path", e.getReason());
        }
    }

    private static String decoded(String subject, String text) throws ConfigException {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(subject, text, "percent signs must start an escape such as %20", "");
        }
    }

    private static ModuleImage read(String subject, Path path) throws ConfigException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes((int) SIZE_MAX + 1);
            if (bytes.length > SIZE_MAX) {
                throw new ConfigException(subject, path.toString(), "a module may have at most 64MiB", "");
            }
            return ModuleImage.of(String.valueOf(path.getFileName()), Bytes.wrap(bytes));
        } catch (IOException e) {
            throw new ConfigException(subject, path.toString(), "the module must be readable", e.toString());
        }
    }

    private static ConfigException missing(String subject, String reference, Path folder) {
        return new ConfigException(
                subject, reference, "no such module", "in " + folder + " there is " + listing(folder));
    }

    private static String listing(Path folder) {
        try (Stream<Path> files = Files.walk(folder, 2)) {
            List<String> names = files.filter(file -> file.toString().endsWith(".wasm"))
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
            String shown = String.join(", ", names.subList(0, Math.min(LISTED_MAX, names.size())));
            String more = names.size() > LISTED_MAX ? " and " + (names.size() - LISTED_MAX) + " more" : "";
            return names.isEmpty() ? "none" : shown + more;
        } catch (IOException | java.io.UncheckedIOException e) {
            return "nothing to read";
        }
    }
}
