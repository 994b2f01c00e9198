package io.wasmpipes.app;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.cli.DeadLetterBox;
import io.wasmpipes.cli.Letter;
import io.wasmpipes.cli.Redrive;
import io.wasmpipes.config.SingleEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where dead letters are.
 *
 * @param uri as a source
 * @param variables of its driver, and those of the sinks that letters go to
 * @param patience with nothing new for so long there are no more
 */
record DeadLetterPlace(String uri, Map<String, String> variables, Duration patience) {
    private static final String SUBJECT = "dlq";

    /** What is done with the letters. */
    interface Work<T> {
        T of(DeadLetterBox box) throws ConfigException, TransientException, InterruptedException;
    }

    /**
     * Opens the place, works and closes it.
     *
     * @throws ConfigException if the URI is wrong
     * @throws TransientException if the place is away
     */
    <T> T with(Work<T> work) throws ConfigException, TransientException, InterruptedException {
        Endpoint endpoint = end(Endpoint.Role.SOURCE, "DEAD_LETTER_", uri);
        try (Source source = Tools.adapter(endpoint).deadLetters(endpoint, Tools.context());
                DeadLetterBox box = new DeadLetterBox(source, patience)) {
            return work.of(box);
        }
    }

    /** Sends letters on their way again: {@code to} a sink, or where each came from if that is null. */
    Redrive.Result redrive(@Nullable String to, Predicate<Letter> wanted, Consumer<String> told)
            throws ConfigException, TransientException, InterruptedException {
        return with(box -> {
            try (RedriveTargets targets = new RedriveTargets(this::sink, to)) {
                return new Redrive(box, targets, told).run(wanted);
            }
        });
    }

    /** Those of these ids, or all of them if that is null; what dies after this call is left for the next time. */
    static Predicate<Letter> there(@Nullable Collection<String> ids) {
        Instant start = Instant.now();
        Set<String> wanted = ids == null ? Set.of() : Set.copyOf(ids);
        return letter -> !letter.time().isAfter(start) && (ids == null || wanted.contains(letter.id()));
    }

    private Sink sink(String sink) throws ConfigException {
        Endpoint endpoint = end(Endpoint.Role.SINK, "SINK_", sink);
        return Tools.adapter(endpoint).sink(endpoint, Tools.context());
    }

    private Endpoint end(Endpoint.Role role, String prefix, String of) throws ConfigException {
        return SingleEnd.read(role, SUBJECT, prefix, of, variables, Wiring.adapters());
    }
}
