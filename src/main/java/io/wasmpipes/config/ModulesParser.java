package io.wasmpipes.config;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the chain of modules with the configuration of each. */
final class ModulesParser {
    static final String MODULES = "WASM_MODULES";
    static final String ENABLED = "WASM_ENABLED";
    static final String FILENAME = "WASM_FILENAME";
    private static final String RELOAD = "WASM_RELOAD";
    private static final String SECRETS = "WASM_HTTP_SECRETS";
    private static final Pattern SECRET = Pattern.compile("\\S+ +[!#$%&'*+.^_`|~0-9A-Za-z-]+ *: *[ -~]+");
    private static final int LARGEST_MEMORY = Integer.MAX_VALUE;
    private static final Duration TICK = Duration.ofMillis(1);
    private static final Pattern REGISTRY = Pattern.compile("[A-Za-z0-9.-]+(:\\d{1,5})?");
    private static final Pattern HOST =
            Pattern.compile("(\\*\\.)?[A-Za-z0-9._-]+(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?");

    private final Values values;

    ModulesParser(Values values) {
        this.values = values;
    }

    Modules parse() {
        Modules.Bounds bounds = new Modules.Bounds(
                values.size("WASM_MEMORY_MAX", 64 << 10, LARGEST_MEMORY),
                values.duration("WASM_TIMEOUT", TICK),
                values.integer("WASM_OUTPUTS_MAX", 1, Integer.MAX_VALUE),
                values.size("WASM_OUTPUT_BYTES_MAX", 1, Long.MAX_VALUE),
                values.integer("WASM_CACHE_WRITES_MAX", 0, Integer.MAX_VALUE),
                values.size("WASM_CACHE_BYTES_MAX", 0, Long.MAX_VALUE));
        List<Modules.Entry> chain = new ArrayList<>();
        List<ChainEntry> entries = entries(values);
        List<String> prefixes =
                entries.stream().map(entry -> prefix(entry.alias())).toList();
        for (ChainEntry entry : entries) {
            chain.add(module(entry, config(entry, prefixes), bounds));
        }
        return new Modules(origins(), chain, new Modules.Calls(allowedHosts(), secrets()), reload());
    }

    /** The chain as WASM_MODULES or, without it, the original's variables name it. */
    static List<ChainEntry> entries(Values values) {
        boolean enabled = values.flag(ENABLED);
        Optional<String> chain = values.given(MODULES).filter(text -> !text.isBlank());
        if (chain.isEmpty()) {
            String only = values.text(FILENAME);
            return enabled ? ChainGrammar.single(only, values.problems()) : List.of();
        }
        if (!enabled && values.given(ENABLED).isPresent()) {
            values.wrong(ENABLED, "is off although WASM_MODULES names modules", false);
        }
        return ChainGrammar.parse(chain.get(), values.problems());
    }

    /** {@code MODULE_<ALIAS>_} of an alias. */
    static String prefix(String alias) {
        return "MODULE_" + alias.toUpperCase(Locale.ROOT).replace('-', '_') + "_";
    }

    /** From variables, but for those of an alias that starts like this one ({@code hot}, {@code hot_config}); the query wins. */
    private Map<String, String> config(ChainEntry entry, List<String> prefixes) {
        String stem = prefix(entry.alias()) + "CONFIG_";
        Map<String, String> config = new HashMap<>();
        for (String name : values.env().namesUnder(stem)) {
            if (prefixes.stream().noneMatch(other -> other.startsWith(stem) && name.startsWith(other))) {
                values.given(name).ifPresent(value -> config.put(Headers.fold(name.substring(stem.length())), value));
            }
        }
        config.putAll(entry.config());
        return config;
    }

    private Modules.Entry module(ChainEntry entry, Map<String, String> config, Modules.Bounds bounds) {
        String prefix = prefix(entry.alias());
        return new Modules.Entry(
                entry.alias(),
                variable(entry, prefix + "URI"),
                reference(entry, prefix + "URI"),
                config,
                text(entry, "abi", prefix + "ABI").map(Text::value),
                text(entry, "function", prefix + "FUNCTION").map(Text::value),
                bounds(entry, prefix, bounds));
    }

    private Modules.Bounds bounds(ChainEntry entry, String prefix, Modules.Bounds all) {
        Optional<Text> timeout = text(entry, "timeout", prefix + "TIMEOUT");
        Optional<Text> memory = text(entry, "memory", prefix + "MEMORY");
        return new Modules.Bounds(
                memory.map(text -> values.size(text.subject(), text.value(), 64 << 10, LARGEST_MEMORY))
                        .orElse(all.memory()),
                timeout.map(text -> values.duration(text.subject(), text.value(), TICK))
                        .orElse(all.timeout()),
                count(prefix + "OUTPUTS", 1, all.outputs()),
                bytes(prefix + "OUTPUT_BYTES", 1, all.outputBytes()),
                count(prefix + "CACHE_WRITES", 0, all.cacheWrites()),
                bytes(prefix + "CACHE_BYTES", 0, all.cacheBytes()));
    }

    private int count(String name, int min, int otherwise) {
        return values.given(name)
                .map(text -> values.integer(name, text, min, Integer.MAX_VALUE))
                .orElse(otherwise);
    }

    private long bytes(String name, long min, long otherwise) {
        return values.given(name)
                .map(text -> values.size(name, text, min, Long.MAX_VALUE))
                .orElse(otherwise);
    }

    /** What is said about a module, and where it is said. */
    private record Text(String subject, String value) {}

    private Optional<Text> text(ChainEntry entry, String option, String variable) {
        String inline = entry.reserved().get(option);
        return inline != null
                ? Optional.of(new Text(MODULES + " " + entry.alias() + " option " + option, inline))
                : values.given(variable).map(value -> new Text(variable, value));
    }

    private String variable(ChainEntry entry, String uri) {
        if (values.given(uri).isPresent() && !entry.inline()) {
            return uri;
        }
        return values.given(MODULES).isPresent() ? MODULES : FILENAME;
    }

    private String reference(ChainEntry entry, String variable) {
        Optional<String> uri = values.given(variable);
        if (entry.inline() && uri.isPresent()) {
            return values.wrong(
                    variable,
                    "stands beside " + Endpoint.redact(entry.reference()) + ", which WASM_MODULES names itself",
                    entry.reference());
        }
        String reference = uri.orElse(entry.reference());
        if (uri.isPresent() && reference.contains("?") && !reference.contains(":")) {
            return values.wrong(
                    variable,
                    "is a name or path, which takes no options: use " + prefix(entry.alias()) + "CONFIG_<KEY>",
                    "");
        }
        return reference;
    }

    private Origins origins() {
        Origins origins = Origins.of(values.env());
        for (String registry : origins.plainHttp()) {
            if (!REGISTRY.matcher(registry).matches()) {
                values.wrong("OCI_PLAIN_HTTP", registry, "must be registries such as localhost:5000,registry", "");
            }
        }
        return origins;
    }

    private List<String> allowedHosts() {
        String list = values.text("WASM_ALLOW_HTTP").strip();
        List<String> hosts = list.isEmpty()
                ? List.of()
                : Arrays.stream(list.split("\\s*,\\s*", -1)).toList();
        for (String host : hosts) {
            if (!HOST.matcher(host).matches()) {
                values.wrong(
                        "WASM_ALLOW_HTTP", host, "must be host names such as api.example.com,*.example.org:8443", "");
            }
        }
        return hosts;
    }

    private List<Secret> secrets() {
        List<String> lines = values.text(SECRETS)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        if (!lines.stream().allMatch(line -> SECRET.matcher(line).matches())) {
            values.wrong(SECRETS, "***", "must have lines of the form HOST NAME: VALUE", "");
        }
        return lines.stream().map(Secret::new).toList();
    }

    private Optional<Duration> reload() {
        return values.text(RELOAD).equals("off")
                ? Optional.empty()
                : Optional.of(values.duration(RELOAD, Duration.ofMillis(100)));
    }
}
