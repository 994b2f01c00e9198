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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@code kafka://group?topic=t} as a source, {@code kafka://topic} as a sink; the servers stand in KAFKA_BROKERS. */
public final class KafkaAdapter implements Adapter {
    private static final Set<Promise> BOTH = EnumSet.of(
            Promise.HEADERS, Promise.REPEATED_HEADERS, Promise.BINARY_HEADERS, Promise.KEY, Promise.NULL_BODY);

    /** By the name of the pipe: its source and its sinks share one. */
    private final Map<String, Transactions> transactions = new ConcurrentHashMap<>();

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
        if (endpoint.role() == Endpoint.Role.SOURCE
                && KafkaSettings.parse(endpoint, new Problems()).exactlyOnce()) {
            promises.add(Promise.EXACTLY_ONCE);
        }
        promises.addAll(
                endpoint.role() == Endpoint.Role.SOURCE
                        ? Set.of(Promise.REDELIVERS, Promise.STABLE_IDS, Promise.ORDERED_BY_KEY)
                        : Set.of(Promise.SENDS_IN_ORDER, Promise.DURABLE));
        return promises;
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        boolean source = endpoint.role() == Endpoint.Role.SOURCE;
        if (source && KafkaSettings.parse(endpoint, new Problems()).exactlyOnce()) {
            return Facts.source(
                            "commits its offset and its outputs in one transaction",
                            "aborts the transaction, which is read again after the delay",
                            Facts.NO_PLACE)
                    .withLimits("a transaction per BATCH_SIZE messages: each waits for the slowest of its batch");
        }
        return source
                ? Facts.source(
                        "commits the offset, when all before it in its partition are through",
                        "reads the partition again from it after the delay",
                        Facts.NO_PLACE)
                : Facts.sink("all replicas in sync have it (acks=all)")
                        .withLimits("what is above max.request.size or the topic's max.message.bytes is poison");
    }

    @Override
    public boolean meet(Endpoint sink, Endpoint source) {
        List<String> written = KafkaSettings.parse(sink, new Problems()).topics();
        return KafkaSettings.parse(source, new Problems()).topics().stream().anyMatch(written::contains);
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        KafkaSettings settings = settings(endpoint);
        return new KafkaSource(settings, context, transactions(settings, context));
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        Endpoint source = context.source();
        boolean together = source != null && schemes().contains(source.scheme());
        Transactions transactions = source != null && together ? transactions(settings(source), context) : null;
        return new KafkaSink(settings(endpoint), context, transactions);
    }

    /** Those of a source and its sinks, one for all; null unless they are wanted. */
    private @Nullable Transactions transactions(KafkaSettings source, Context context) {
        return source.exactlyOnce()
                ? transactions.computeIfAbsent(context.pipe(), pipe -> new Transactions(source, context.limits(), pipe))
                : null;
    }

    @Override
    public List<Problem> together(Endpoint source, List<Endpoint> sinks) {
        Problems problems = new Problems();
        KafkaSettings from = KafkaSettings.parse(source, new Problems());
        for (Endpoint sink : from.exactlyOnce() ? sinks : List.<Endpoint>of()) {
            if (!schemes().contains(sink.scheme())) {
                problems.add(
                        sink.variable(),
                        sink.toString(),
                        "must be kafka: with exactly_once on " + source.variable()
                                + ", since only Kafka can be part of its transaction",
                        "leave exactly_once out: then it is at least once");
            } else if (!Set.copyOf(Cluster.parse(sink, new Problems()).servers())
                    .equals(Set.copyOf(from.cluster().servers()))) {
                problems.add(
                        sink.variable(),
                        sink.toString(),
                        "must be on the cluster of " + source.variable() + ", which says exactly_once",
                        "a transaction is one cluster's: give both the same KAFKA_BROKERS");
            }
        }
        return problems.list();
    }

    private static KafkaSettings settings(Endpoint endpoint) throws ConfigException {
        Problems problems = new Problems();
        KafkaSettings settings = KafkaSettings.parse(endpoint, problems);
        problems.throwIfAny();
        return settings;
    }
}
