package io.wasmpipes.adapter.nats;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Facts;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * {@code nats://subject} (core NATS, at most once as a source) and {@code jetstream://STREAM?subject=…} (at least once).
 * {@code nats://…?jetstream=true&stream_name=S&subject=…} is the same as the latter.
 * The key of what comes in is its subject, so {@code ORDER=key} keeps each subject in order and spreads the subjects.
 */
public final class NatsAdapter implements Adapter {
    @Override
    public Set<String> schemes() {
        return Set.of("nats", "jetstream");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        NatsSettings.parse(endpoint, "pipe", problems);
        return problems.list();
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        NatsSettings settings = NatsSettings.parse(endpoint, "pipe", new Problems());
        EnumSet<Promise> promises = EnumSet.of(Promise.HEADERS);
        if (settings.wire() != Wire.GOB) {
            promises.add(Promise.REPEATED_HEADERS);
        }
        if (settings.wire() == Wire.NATIVE) {
            promises.add(Promise.BINARY_HEADERS);
        }
        boolean source = endpoint.role() == Endpoint.Role.SOURCE;
        if (settings.jetStream() == null) {
            promises.addAll(
                    source
                            ? (settings.queue().isEmpty() ? Set.of(Promise.ORDERED) : Set.of())
                            : Set.of(Promise.SENDS_IN_ORDER));
        } else {
            promises.addAll(
                    source
                            ? Set.of(
                                    Promise.REDELIVERS,
                                    Promise.STABLE_IDS,
                                    Promise.COUNTS_DELIVERIES,
                                    Promise.REJECTS,
                                    Promise.LEASED,
                                    Promise.ORDERED)
                            : Set.of(Promise.SENDS_IN_ORDER, Promise.DURABLE, Promise.DEDUPLICATES));
        }
        return promises;
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        NatsSettings.JetStream stream =
                NatsSettings.parse(endpoint, "pipe", new Problems()).jetStream();
        boolean source = endpoint.role() == Endpoint.Role.SOURCE;
        if (stream == null) {
            return source
                    ? Facts.source("has nothing to acknowledge", "cannot take it back", Facts.NO_PLACE)
                            .withLimits("a burst above MAX_IN_FLIGHT_BYTES is dropped by the client, and logged")
                    : Facts.sink("the server has answered a ping sent behind the message")
                            .withLimits("what is above the server's max_payload is poison");
        }
        return source
                ? Facts.source("acknowledges", "naks with the delay", "terminates it")
                        .withDeliveries(most(stream))
                : Facts.sink("the stream has acknowledged")
                        .withLimits("what is above the max_payload of the server or the stream is poison");
    }

    private static OptionalInt most(NatsSettings.JetStream stream) {
        return stream.maxDeliver().orElse(-1) > 0 ? stream.maxDeliver() : OptionalInt.empty();
    }

    @Override
    public boolean meet(Endpoint sink, Endpoint source) {
        NatsSettings from = NatsSettings.parse(sink, "pipe", new Problems());
        NatsSettings to = NatsSettings.parse(source, "pipe", new Problems());
        NatsSettings.JetStream stored = from.jetStream();
        NatsSettings.JetStream read = to.jetStream();
        boolean place =
                stored == null ? read == null : read != null && stored.stream().equals(read.stream());
        return place && (to.subject().isEmpty() || from.subject().isEmpty() || within(from.subject(), to.subject()));
    }

    /** Whether a subject is one of those that a filter with {@code *} and {@code >} stands for. */
    private static boolean within(String subject, String filter) {
        List<String> names = List.of(subject.split("\\.", -1));
        List<String> wanted = List.of(filter.split("\\.", -1));
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i).equals(">")) {
                return names.size() > i;
            }
            if (i >= names.size()
                    || !(wanted.get(i).equals("*") || wanted.get(i).equals(names.get(i)))) {
                return false;
            }
        }
        return names.size() == wanted.size();
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        NatsSettings settings = settings(endpoint, context);
        return settings.jetStream() == null
                ? new CoreSource(settings, name(context), context.limits())
                : new JetStreamSource(settings, settings.jetStream(), name(context), context.limits());
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        NatsSettings settings = settings(endpoint, context);
        return settings.jetStream() == null
                ? new CoreSink(settings, name(context))
                : new JetStreamSink(settings, settings.jetStream(), name(context));
    }

    private static NatsSettings settings(Endpoint endpoint, Context context) throws ConfigException {
        Problems problems = new Problems();
        NatsSettings settings = NatsSettings.parse(endpoint, context.pipe(), problems);
        problems.throwIfAny();
        return settings;
    }

    private static String name(Context context) {
        return "wasm-pipes " + context.pipe();
    }
}
