package io.wasmpipes.adapter.mem;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Facts;
import io.wasmpipes.Options;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code mem://topic}: topics that live as long as this object. Sources of one topic share its messages. What is not
 * settled waits in the topic for the next source; it dies with the process.
 */
public final class MemAdapter implements Adapter {
    private static final Duration ACK_DEADLINE = Duration.ofMinutes(1);

    private final ConcurrentHashMap<String, MemTopic> topics = new ConcurrentHashMap<>();

    @Override
    public Set<String> schemes() {
        return Set.of("mem");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        ackDeadline(endpoint, problems);
        return problems.list();
    }

    private static Duration ackDeadline(Endpoint endpoint, Problems problems) {
        Options options = new Options(endpoint, problems);
        if (endpoint.name().isEmpty()) {
            problems.add(endpoint.variable(), endpoint.toString(), "must name a topic", "for instance mem://events");
        }
        boolean source = endpoint.role() == Endpoint.Role.SOURCE;
        Duration deadline = source ? options.duration("ackdeadline", ACK_DEADLINE) : ACK_DEADLINE;
        options.rejectUnknown();
        return deadline;
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        EnumSet<Promise> promises = EnumSet.of(
                Promise.HEADERS, Promise.REPEATED_HEADERS, Promise.BINARY_HEADERS, Promise.KEY, Promise.NULL_BODY);
        if (endpoint.role() == Endpoint.Role.SOURCE) {
            promises.addAll(List.of(
                    Promise.REDELIVERS,
                    Promise.STABLE_IDS,
                    Promise.COUNTS_DELIVERIES,
                    Promise.LEASED,
                    Promise.ORDERED));
        } else {
            promises.add(Promise.SENDS_IN_ORDER);
        }
        return promises;
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        return endpoint.role() == Endpoint.Role.SOURCE
                ? Facts.source("forgets it", "delivers it again after the delay", Facts.NO_PLACE)
                : Facts.sink("it is in the topic, which dies with the process");
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        Problems problems = new Problems();
        Duration deadline = ackDeadline(endpoint, problems);
        problems.throwIfAny();
        Duration max = context.limits().leaseMax();
        return new MemSource(topic(endpoint.name()), deadline.compareTo(max) > 0 ? deadline : max);
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        Problems problems = new Problems();
        ackDeadline(endpoint, problems);
        problems.throwIfAny();
        return new MemSink(topic(endpoint.name()), context.clock());
    }

    /** The topic {@code name}, made on first use: for whoever shares the process with the pipe. */
    public MemTopic topic(String name) {
        return topics.computeIfAbsent(name, MemTopic::new);
    }
}
