package io.wasmpipes.config;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** One end without a pipe, for tools. */
public final class SingleEnd {
    private SingleEnd() {}

    /** What a variable is set to, by itself or by its {@code _FILE}. */
    public static Optional<String> text(String variable, Map<String, String> variables) {
        return new Env(variables).get(variable);
    }

    /**
     * Reads a URI as that end of a pipe, with the variables of its driver.
     *
     * @param subject where the URI stands, for error messages
     * @param prefix of variables that win over plain ones, such as {@code SINK_}
     * @throws ConfigException with everything that is wrong with it
     */
    public static Endpoint read(
            Endpoint.Role role,
            String subject,
            String prefix,
            String uri,
            Map<String, String> variables,
            Collection<Adapter> adapters)
            throws ConfigException {
        Problems problems = new Problems();
        Values values = new Values(new Env(variables), problems);
        Endpoint endpoint = new EndsParser(values, adapters)
                .endpoint(role, subject, prefix, uri)
                .orElse(null);
        problems.throwIfAny();
        if (endpoint == null) {
            throw new ConfigException(subject, Endpoint.redact(uri), "must be a URI", "");
        }
        return endpoint;
    }
}
