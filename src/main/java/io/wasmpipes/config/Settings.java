package io.wasmpipes.config;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The whole configuration of one process. Immutable, complete and checked; showing it shows no secret.
 *
 * @param pipe PIPE_NAME
 * @param warnings what is odd and yet no reason to refuse the start
 * @param shown one line per variable, secrets hidden: the report
 */
public record Settings(
        String pipe,
        Ends ends,
        Modules modules,
        CacheSettings cache,
        Flow flow,
        Service service,
        List<Problem> warnings,
        List<Shown> shown) {
    public Settings {
        warnings = List.copyOf(warnings);
        shown = List.copyOf(shown);
    }

    /**
     * Reads the settings out of {@code variables}. Pure but for the files that {@code <NAME>_FILE} variables name.
     *
     * @param adapters of the process: they know schemes and check the options of their endpoints
     * @throws ConfigException with every problem there is
     */
    public static Settings from(Map<String, String> variables, Collection<Adapter> adapters, Machine machine)
            throws ConfigException {
        Env env = new Env(variables);
        Problems problems = new Problems();
        Values values = new Values(env, problems);
        Vocabulary vocabulary = vocabulary(env);
        List<Problem> warnings =
                new ArrayList<>(new Warnings(values).with(new NameCheck(env, vocabulary, problems).run()));
        Optional<Ends> ends = new EndsParser(values, adapters).parse();
        Modules modules = new ModulesParser(values).parse();
        Optional<CacheSettings> cache = new CacheParser(values).parse();
        FlowParser flowParser = new FlowParser(values, machine);
        Flow flow = flowParser.parse();
        flowParser.checkHeap(
                flow.limits(),
                cache.filter(c -> !c.isShared()).map(CacheSettings::maxBytes).orElse(0L));
        Service service = new ServiceParser(values, machine).parse();
        problems.throwIfAny();
        warnings.addAll(Warnings.of(ends.orElseThrow(), adapters));
        return new Settings(
                values.text("PIPE_NAME"),
                ends.orElseThrow(),
                modules,
                cache.orElseThrow(),
                flow,
                service,
                warnings,
                new Report(env, vocabulary).lines());
    }

    /** The labels and aliases that variables may be named after. */
    private static Vocabulary vocabulary(Env env) {
        List<String> aliases = ModulesParser.entries(new Values(env, new Problems())).stream()
                .map(ChainEntry::alias)
                .toList();
        return new Vocabulary(EndsParser.labels(env).values(), aliases);
    }

    /** The report: every variable with its value or default, secrets hidden. */
    @Override
    public String toString() {
        return shown.stream().map(Shown::toString).collect(Collectors.joining("\n"));
    }
}
