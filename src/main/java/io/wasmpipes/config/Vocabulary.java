package io.wasmpipes.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Every name that means something to a pipe with these labels and these modules. */
final class Vocabulary {
    private static final Pattern LABELLED = Pattern.compile("SINK_.+_URI");

    /** What follows {@code MODULE_<ALIAS>_}, except for the configuration. */
    private static final List<String> TAILS = KnownSettings.SECTIONS.stream()
            .flatMap(section -> section.settings().stream())
            .map(Setting::name)
            .filter(name -> name.startsWith("MODULE_<ALIAS>_") && !name.endsWith(">"))
            .map(name -> name.substring("MODULE_<ALIAS>_".length()))
            .toList();

    private static final Pattern MODULE = Pattern.compile("MODULE_.+_(" + String.join("|", TAILS) + "|CONFIG_.+)");

    /** Names that other programs gave a meaning, however near they are to one of ours. */
    private static final Set<String> FOREIGN = Set.of(
            "http_proxy",
            "https_proxy",
            "no_proxy",
            "all_proxy",
            "ALL_PROXY",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "SOURCE_DATE_EPOCH");

    private static final String LAUNCHER = "WASM_PIPES_";
    private static final List<String> OURS = List.of(
            "SOURCE_",
            "SINK_",
            "DEAD_LETTER_",
            "CACHE_",
            "WASM_",
            "MODULE_",
            "RETRY_",
            "MAX_",
            "MANAGEMENT_",
            "PIPE_",
            "SHUTDOWN_",
            "BATCH_",
            "LEASE_",
            "HOP_",
            "LOG_",
            "STATE_");

    private final Set<String> exact = new LinkedHashSet<>();
    private final List<String> ends = new ArrayList<>();
    private final List<String> modules = new ArrayList<>();
    private final Spelling spelling;

    /**
     * @param sinks the names of the SINK_&lt;LABEL&gt;_URI variables that are set
     * @param aliases of the modules in the chain
     */
    Vocabulary(Collection<String> sinks, Collection<String> aliases) {
        KnownSettings.SECTIONS.stream()
                .flatMap(section -> section.settings().stream())
                .filter(setting -> !setting.isPattern())
                .forEach(setting -> exact.add(setting.name()));
        ends.addAll(List.of("", "SOURCE_", "SINK_", "DEAD_LETTER_", "CACHE_"));
        sinks.forEach(uri -> ends.add(uri.substring(0, uri.length() - "URI".length())));
        for (String end : ends) {
            DriverVariables.ALL.stream().filter(s -> !s.isPattern()).forEach(s -> exact.add(end + s.name()));
        }
        for (String alias : aliases) {
            String prefix = ModulesParser.prefix(alias);
            modules.add(prefix);
            for (String tail : TAILS) {
                exact.add(prefix + tail);
            }
        }
        spelling = new Spelling(exact);
    }

    /** Whether the process reads this name. */
    boolean knows(String name) {
        return exact.contains(name)
                || FOREIGN.contains(name)
                || name.startsWith(LAUNCHER)
                || isLabelledSink(name)
                || driver(name).isPresent()
                || (isModule(name) && modules.stream().anyMatch(name::startsWith));
    }

    /** The row of a driver's variable, with or without the prefix of an end. */
    Optional<Setting> driver(String name) {
        return ends.stream()
                .filter(name::startsWith)
                .flatMap(end -> DriverVariables.find(name.substring(end.length())).stream())
                .findFirst();
    }

    static boolean isLabelledSink(String name) {
        return LABELLED.matcher(name).matches();
    }

    /** Whether it would configure a module, of this chain or not. */
    static boolean isModule(String name) {
        return MODULE.matcher(name).matches();
    }

    /** Whether it starts like a name of ours. */
    static boolean looksLikeOurs(String name) {
        return OURS.stream().anyMatch(name::startsWith);
    }

    /** The known name that {@code name} is a slip of. */
    Optional<String> slip(String name) {
        int tail = name.lastIndexOf('_');
        String uri = name.substring(0, tail + 1) + "URI";
        boolean almostUri =
                (isLabelledSink(uri) || knows(uri)) && Spelling.distance(name.substring(tail + 1), "URI", 1) == 1;
        return almostUri ? Optional.of(uri) : spelling.slip(name).filter(meant -> !isUnrelated(name, meant));
    }

    /** Whether two names only look alike: SSL_CERT_FILE is no TLS_CERT_FILE, and BORDER no ORDER. */
    private static boolean isUnrelated(String name, String meant) {
        int underscore = meant.indexOf('_');
        return underscore < 0
                ? Character.toUpperCase(name.charAt(0)) != meant.charAt(0)
                : DriverVariables.find(meant).isPresent() && !name.startsWith(meant.substring(0, underscore + 1));
    }

    /** The driver's variable that the name of a labelled sink is a slip of: {@code SINK_NATS_SERVER_URI}. */
    Optional<String> slipOfLabel(String sink) {
        return spelling.nearest(sink, 1).filter(meant -> driver(meant).isPresent());
    }

    /** The known name of the same look, for a hint. */
    Optional<String> similar(String name) {
        return spelling.nearest(name, 3);
    }
}
