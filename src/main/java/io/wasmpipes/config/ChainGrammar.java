package io.wasmpipes.config;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Headers;
import io.wasmpipes.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The grammar of WASM_MODULES. Entries are separated by a bar between blanks, a newline, or a comma; after the {@code ?}
 * of an entry a comma belongs to its query. An entry with {@code .wasm}, {@code /} or {@code :} before its query is a
 * reference, else an alias. A query is configuration, but for the reserved options.
 */
final class ChainGrammar {
    private static final Pattern BAR = Pattern.compile("\\s+\\|\\s+|\\s*\\R\\s*");
    private static final Pattern ALIAS = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
    private static final Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]+:(//)?");
    private static final Pattern TAIL = Pattern.compile("(@sha256:[0-9a-f]*)?(#.*)?$|\\.wasm$");
    private static final Set<String> RESERVED = Set.of("abi", "function", "timeout", "memory");

    private final Problems problems;
    private final Set<String> taken = new HashSet<>();
    private final List<ChainEntry> chain = new ArrayList<>();

    private ChainGrammar(Problems problems) {
        this.problems = problems;
    }

    static List<ChainEntry> parse(String text, Problems problems) {
        ChainGrammar grammar = new ChainGrammar(problems);
        for (String part : BAR.split(text.strip(), -1)) {
            grammar.part(part);
        }
        return List.copyOf(grammar.chain);
    }

    /** The chain of the one module called {@code name}. */
    static List<ChainEntry> single(String name, Problems problems) {
        ChainGrammar grammar = new ChainGrammar(problems);
        grammar.reference(name, "");
        return List.copyOf(grammar.chain);
    }

    private void part(String part) {
        int question = part.indexOf('?');
        String names = question < 0 ? part : part.substring(0, question);
        String query = question < 0 ? "" : part.substring(question + 1);
        String[] entries = names.split(",", -1);
        for (int i = 0; i < entries.length; i++) {
            entry(entries[i].strip(), i == entries.length - 1 ? query : "");
        }
    }

    private void entry(String name, String query) {
        if (name.isEmpty()) {
            wrong(name, "has an empty entry");
        } else if (name.contains("|")) {
            wrong(name, "entries are separated by a bar between blanks");
        } else if (name.contains(".wasm") || name.contains("/") || name.contains(":")) {
            reference(name, query);
        } else if (!query.isEmpty()) {
            wrong(name, "an alias takes no options: use " + ModulesParser.prefix(name) + "CONFIG_<KEY>");
        } else if (!ALIAS.matcher(name).matches()) {
            wrong(name, "an alias must match [a-z][a-z0-9_-]*");
        } else if (taken.add(ModulesParser.prefix(name))) {
            chain.add(ChainEntry.alias(Headers.fold(name)));
        } else {
            wrong(name, "an alias may stand in the chain once: give the second use an alias and a URI of its own");
        }
    }

    private void reference(String reference, String query) {
        Map<String, String> config = new HashMap<>();
        Map<String, String> reserved = new HashMap<>();
        String alias = unique(aliasOf(reference));
        try {
            for (Endpoint.Param param : Endpoint.Param.list(query)) {
                Map<String, String> target = RESERVED.contains(param.name()) ? reserved : config;
                if (target.put(param.name(), param.value()) != null) {
                    wrong(reference, "option " + param.name() + " may be given once");
                }
            }
        } catch (IllegalArgumentException e) {
            wrong(reference, "percent signs in options must start an escape such as %20");
        }
        chain.add(new ChainEntry(alias, reference, true, config, reserved));
    }

    /** The last name in the reference: {@code hot} of {@code https://host/dir/hot.wasm}, {@code oci://host/me/hot:1}. */
    private static String aliasOf(String reference) {
        String path = TAIL.matcher(SCHEME.matcher(reference).replaceFirst(""))
                .replaceFirst("")
                .replaceAll("/+$", "");
        String name = path.substring(path.lastIndexOf('/') + 1);
        int colon = name.indexOf(':');
        String bare = Headers.fold(colon > 0 ? name.substring(0, colon) : name).replaceAll("[^a-z0-9_-]+", "-");
        String trimmed = bare.replaceAll("^[^a-z]+|-+$", "");
        return trimmed.isEmpty() ? "module" : trimmed;
    }

    private String unique(String alias) {
        String candidate = alias;
        for (int i = 2; !taken.add(ModulesParser.prefix(candidate)); i++) {
            candidate = alias + "-" + i;
        }
        return candidate;
    }

    private void wrong(String entry, String rule) {
        problems.add(ModulesParser.MODULES, Endpoint.redact(entry), rule, "");
    }
}
