package io.wasmpipes.adapter.pubsub;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * {@code gcppubsub://projects/P/subscriptions/S} as a source, {@code gcppubsub://projects/P/topics/T} as a sink, each also
 * as {@code gcppubsub://P/NAME}. The key of a message is its ordering key.
 */
public final class PubSubAdapter implements Adapter {
    @Override
    public Set<String> schemes() {
        return Set.of("gcppubsub");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        PubSubSettings.parse(endpoint, problems);
        return problems.list();
    }

    /**
     * Deliveries are counted by subscriptions with a dead-letter policy only, so that is not promised. A source rejects by
     * that policy; with {@code on_reject=skip} the pipe drops instead.
     */
    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        EnumSet<Promise> promises = EnumSet.of(Promise.HEADERS, Promise.KEY);
        if (endpoint.role() != Endpoint.Role.SOURCE) {
            promises.add(Promise.DURABLE);
            return promises;
        }
        promises.addAll(Set.of(Promise.REDELIVERS, Promise.STABLE_IDS, Promise.LEASED, Promise.ORDERED_BY_KEY));
        if (endpoint.query().stream()
                .noneMatch(p -> p.name().equals("on_reject") && p.value().equals("skip"))) {
            promises.add(Promise.REJECTS);
        }
        return promises;
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        return new PubSubSource(settings(endpoint), context.limits());
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        return new PubSubSink(settings(endpoint));
    }

    private static PubSubSettings settings(Endpoint endpoint) throws ConfigException {
        Problems problems = new Problems();
        PubSubSettings settings = PubSubSettings.parse(endpoint, problems);
        problems.throwIfAny();
        return settings;
    }
}
