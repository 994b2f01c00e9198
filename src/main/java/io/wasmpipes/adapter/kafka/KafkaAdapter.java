package io.wasmpipes.adapter.kafka;

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
import java.util.Set;

/** {@code kafka://group?topic=t} as a source, {@code kafka://topic} as a sink; the servers stand in KAFKA_BROKERS. */
public final class KafkaAdapter implements Adapter {
    private static final Set<Promise> BOTH = EnumSet.of(
            Promise.HEADERS, Promise.REPEATED_HEADERS, Promise.BINARY_HEADERS, Promise.KEY, Promise.NULL_BODY);

    @Override
    public Set<String> schemes() {
        return Set.of("kafka");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        KafkaSettings.parse(endpoint, problems);
        return problems.list();
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        EnumSet<Promise> promises = EnumSet.copyOf(BOTH);
        promises.addAll(
                endpoint.role() == Endpoint.Role.SOURCE
                        ? Set.of(Promise.REDELIVERS, Promise.STABLE_IDS, Promise.ORDERED_BY_KEY)
                        : Set.of(Promise.SENDS_IN_ORDER, Promise.DURABLE));
        return promises;
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        return endpoint.role() == Endpoint.Role.SOURCE
                ? Facts.source(
                        "commits the offset, when all before it in its partition are through",
                        "reads the partition again from it after the delay",
                        Facts.NO_PLACE)
                : Facts.sink("all replicas in sync have it (acks=all)")
                        .withLimits("what is above max.request.size or the topic's max.message.bytes is poison");
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        return new KafkaSource(settings(endpoint), context);
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        return new KafkaSink(settings(endpoint), context);
    }

    private static KafkaSettings settings(Endpoint endpoint) throws ConfigException {
        Problems problems = new Problems();
        KafkaSettings settings = KafkaSettings.parse(endpoint, problems);
        problems.throwIfAny();
        return settings;
    }
}
