package io.wasmpipes.pipe;

import io.wasmpipes.Headers;
import io.wasmpipes.Promise;
import io.wasmpipes.Source;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The source as the pipe sees it.
 *
 * @param uri how it is shown, secrets hidden
 * @param headers what the endpoint lets through
 * @param skipRejected whether a rejected message that has nowhere to go is dropped (with a log line and a metric) instead
 *     of stopping the pipe: {@code on_reject=skip}
 */
public record Inlet(
        String uri, Source source, Set<Promise> promises, UnaryOperator<Headers> headers, boolean skipRejected) {
    public Inlet {
        promises = Set.copyOf(promises);
    }

    boolean promises(Promise promise) {
        return promises.contains(promise);
    }

    /** Whether handing a message back leaves it with somebody who will send it again. */
    boolean takesBack() {
        return promises(Promise.REDELIVERS) || promises(Promise.REPLIES);
    }
}
