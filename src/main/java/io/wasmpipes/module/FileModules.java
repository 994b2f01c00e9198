package io.wasmpipes.module;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Modules in a folder, the bucket, and at plain paths. A reference that starts with {@code /}, {@code ./}, {@code ../} or
 * {@code file:} is a path; any other is looked up in the bucket as it stands, then as {@code N.wasm}, then as
 * {@code N/N.wasm}, and last, if it has a slash, as a path. {@code main.wasm}, the original's default, also stands for the
 * only module of a bucket that has none of this name.
 */
public final class FileModules implements ModuleStore {
    private static final int LISTED_MAX = 50;
    private static final String SUFFIX = ".wasm";
    private static final String DEFAULT = "main.wasm";

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
                    "must be a folder, file:PATH, or a URL: https://HOST/PATH, s3://BUCKET, gs://BUCKET, azblob://CONTAINER",
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
        Optional<Path> only = reference.equals(DEFAULT) ? only() : Optional.empty();
        if (only.isPresent()) {
            return read(subject, only.get());
        }
        throw missing(subject, reference, bucket);
    }

    /** The module of the bucket, if there is exactly one; folders in it do not count. */
    private Optional<Path> only() {
        try (Stream<Path> files = Files.list(bucket)) {
            List<Path> modules = files.filter(file -> file.toString().endsWith(SUFFIX))
                    .filter(Files::isRegularFile)
                    .limit(2)
                    .toList();
            return modules.size() == 1 ? Optional.of(modules.getFirst()) : Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty(); // whoever asked says that nothing is there
        }
    }

    private List<Path> candidates(String subject, String reference) throws ConfigException {
        Path exact = path(subject, reference);
        String stem =
                reference.endsWith(SUFFIX) ? reference.substring(0, reference.length() - SUFFIX.length()) : reference;
        Path named = bucket.resolve(stem + SUFFIX);
        if (reference.contains("/")) {
            return List.of(bucket.resolve(exact), named, exact);
        }
        return List.of(bucket.resolve(exact), named, bucket.resolve(stem).resolve(stem + SUFFIX));
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
            List<String> names = files.filter(file -> file.toString().endsWith(SUFFIX))
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
            String shown = String.join(", ", names.subList(0, Math.min(LISTED_MAX, names.size())));
            String more = names.size() > LISTED_MAX ? " and " + (names.size() - LISTED_MAX) + " more" : "";
            return names.isEmpty() ? "none" : shown + more;
        } catch (IOException | UncheckedIOException e) {
            return "nothing to read";
        }
    }
}
