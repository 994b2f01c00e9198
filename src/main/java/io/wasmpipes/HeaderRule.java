package io.wasmpipes;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which headers one end of a pipe lets through, as its option {@code headers=allow,list*} says. Credentials, cookies,
 * hop-by-hop headers, the framing of one HTTP message and the pipe's own {@code wasmpipes*} never pass, whatever the list
 * says. Names are compared without regard to case. Immutable.
 *
 * @param names names in lower case; one that ends in {@code *} stands for every name that starts so
 */
public record HeaderRule(List<String> names) {
    /** Everything that may pass at all. */
    public static final HeaderRule ALL = new HeaderRule(List.of("*"));

    private static final Pattern NAME = Pattern.compile("[^\\s,*:]+\\*?|\\*");
    private static final Set<String> NEVER = Set.of(
            "authorization",
            "cookie",
            "set-cookie",
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "host",
            "content-length");
    private static final List<String> NEVER_STARTING = List.of("proxy-", "wasmpipes");

    public HeaderRule {
        names = names.stream().map(Headers::fold).toList();
    }

    /** Reads a list such as {@code content-type,x-*}; the empty list lets nothing through. Empty if it is malformed. */
    public static Optional<HeaderRule> parse(String list) {
        List<String> names = list.isBlank()
                ? List.of()
                : Arrays.stream(list.strip().split("\\s*,\\s*", -1)).toList();
        boolean wellFormed = names.stream().allMatch(name -> NAME.matcher(name).matches());
        return wellFormed ? Optional.of(new HeaderRule(names)) : Optional.empty();
    }

    /** Whether a header of this name passes. */
    public boolean allows(String name) {
        String folded = Headers.fold(name);
        return !NEVER.contains(folded)
                && NEVER_STARTING.stream().noneMatch(folded::startsWith)
                && names.stream().anyMatch(pattern -> matches(pattern, folded));
    }

    /** The headers that pass; {@code headers} itself when all do. */
    public Headers apply(Headers headers) {
        return headers.keep(header -> allows(header.name()));
    }

    private static boolean matches(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }
}
