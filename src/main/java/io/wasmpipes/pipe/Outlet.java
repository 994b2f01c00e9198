package io.wasmpipes.pipe;

import io.wasmpipes.Headers;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A sink as the pipe sees it.
 *
 * @param name {@code sink}, {@code sink:<label>} or {@code dead-letter}: in health, metrics and logs
 * @param uri how it is shown, secrets hidden
 * @param headers what the endpoint lets through
 */
public record Outlet(String name, String uri, Sink sink, Set<Promise> promises, UnaryOperator<Headers> headers) {
    public Outlet {
        promises = Set.copyOf(promises);
    }
}
