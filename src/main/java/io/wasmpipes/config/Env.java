package io.wasmpipes.config;

import io.wasmpipes.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The environment as the process sees it: without what Kubernetes injects, empty values absent, each name also readable
 * as {@code <NAME>_FILE}. Files are read at every call; one that has become unreadable keeps its last value, so that a
 * secret being replaced at this moment does no harm. Thread-safe.
 */
final class Env {
    static final String FILE = "_FILE";
    private static final int LARGEST_FILE = 1 << 20;
    private static final Pattern SERVICE_NAME = Pattern.compile(".*_SERVICE_(HOST|PORT(_.*)?)");
    private static final Pattern PORT_NAME = Pattern.compile(".*_PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?");
    private static final Pattern PORT_VALUE = Pattern.compile("(tcp|udp|sctp)://.*");

    private final TreeMap<String, String> raw = new TreeMap<>();
    private final Map<String, String> lastRead = new ConcurrentHashMap<>();

    Env(Map<String, String> variables) {
        variables.forEach((name, value) -> {
            if (!injected(name, value)) {
                raw.put(name, value);
            }
        });
    }

    /** Whether Kubernetes set it for a service of that name. */
    private static boolean injected(String name, String value) {
        boolean plainPort = name.endsWith("_PORT");
        return SERVICE_NAME.matcher(name).matches()
                || (PORT_NAME.matcher(name).matches()
                        && (!plainPort || PORT_VALUE.matcher(value).matches()));
    }

    /** Every name that is set, even if to nothing. */
    Iterable<String> names() {
        return raw.keySet();
    }

    /** Names that start with {@code prefix} and have a value, without their {@code _FILE}. */
    Iterable<String> namesUnder(String prefix) {
        TreeSet<String> names = new TreeSet<>();
        for (var entry : raw.tailMap(prefix, true).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            if (!entry.getValue().isEmpty()) {
                names.add(withoutFile(entry.getKey()));
            }
        }
        return names;
    }

    /** {@code X} for {@code X_FILE}. */
    static String withoutFile(String name) {
        return name.endsWith(FILE) ? name.substring(0, name.length() - FILE.length()) : name;
    }

    /** What is set under exactly this name; empty for nothing or the empty value. */
    Optional<String> literal(String name) {
        return Optional.ofNullable(raw.get(name)).filter(value -> !value.isEmpty());
    }

    boolean isSet(String name) {
        return raw.containsKey(name);
    }

    /** The value of {@code name}, or the content of the file that {@code <name>_FILE} names. */
    Optional<String> get(String name) {
        Optional<String> value = literal(name);
        return value.isPresent() || name.endsWith(FILE)
                ? value
                : literal(name + FILE).flatMap(this::read);
    }

    private Optional<String> read(String path) {
        try {
            String content = content(path);
            lastRead.put(path, content);
        } catch (IOException | InvalidPathException e) {
            // the last value stands; at start, check() has told
        }
        return Optional.ofNullable(lastRead.get(path)).filter(content -> !content.isEmpty());
    }

    /** The file's text without the line end that editors leave. */
    private static String content(String path) throws IOException {
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
            if (bytes.length > LARGEST_FILE) {
                throw new IOException("larger than 1 MiB");
            }
            return new String(bytes, StandardCharsets.UTF_8).replaceFirst("\\r?\\n\\z", "");
        }
    }

    /** Adds a problem for each {@code <NAME>_FILE} of a known name that cannot be read or stands beside its name. */
    void check(Predicate<String> known, Problems problems) {
        for (String name : raw.keySet()) {
            String base = withoutFile(name);
            Optional<String> path = literal(name);
            if (path.isEmpty() || base.equals(name) || known.test(name) || !known.test(base)) {
                continue;
            }
            if (literal(base).isPresent()) {
                problems.add(base, "", "is set, and so is " + name, "set one of them");
            }
            try {
                if (content(path.get()).isEmpty()) {
                    problems.add(name, path.get(), "must name a file that holds the value", "the file is empty");
                }
            } catch (IOException | InvalidPathException e) {
                problems.add(name, path.get(), "must name a readable file of at most 1 MiB", "");
            }
        }
    }
}
