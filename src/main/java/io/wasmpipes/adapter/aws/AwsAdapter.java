package io.wasmpipes.adapter.aws;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Facts;
import io.wasmpipes.HeaderRule;
import io.wasmpipes.Link;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * {@code awssqs://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE} (source and sink) and {@code awssns:///ARN} (sink). Names that
 * end in {@code .fifo} keep the order of each message group, which is the message's key.
 */
public final class AwsAdapter implements Adapter {
    private static final HeaderRule FEW =
            new HeaderRule(List.of("content-type", "traceparent", "ce-*", Wire.DEDUPLICATION, Wire.GROUP));

    @Override
    public Set<String> schemes() {
        return Set.of("awssqs", "awssns");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        AwsSettings.parse(endpoint, problems);
        if (endpoint.scheme().equals("awssns") && endpoint.role() == Endpoint.Role.SOURCE) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "a topic of SNS cannot be read",
                    "subscribe a queue to it and read that: awssqs://…");
        }
        return problems.list();
    }

    /** A source rejects by its queue's redrive policy; with {@code on_reject=skip} the pipe drops instead. */
    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        AwsSettings settings = AwsSettings.parse(endpoint, new Problems());
        EnumSet<Promise> promises = EnumSet.of(Promise.HEADERS, Promise.BINARY_HEADERS);
        if (settings.fifo()) {
            promises.add(Promise.KEY);
        }
        if (endpoint.role() == Endpoint.Role.SOURCE) {
            promises.addAll(Set.of(Promise.REDELIVERS, Promise.STABLE_IDS, Promise.COUNTS_DELIVERIES, Promise.LEASED));
            if (settings.fifo()) {
                promises.add(Promise.ORDERED_BY_KEY);
            }
            if (endpoint.query().stream()
                    .noneMatch(p -> p.name().equals("on_reject") && p.value().equals("skip"))) {
                promises.add(Promise.REJECTS);
            }
        } else {
            promises.add(Promise.DURABLE);
            if (settings.fifo()) {
                promises.addAll(Set.of(Promise.SENDS_IN_ORDER, Promise.DEDUPLICATES));
            }
        }
        return promises;
    }

    /** Messages have 10 attributes at most. */
    @Override
    public HeaderRule defaultHeaders(Endpoint endpoint) {
        return endpoint.role() == Endpoint.Role.SOURCE ? HeaderRule.ALL : FEW;
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        if (endpoint.role() == Endpoint.Role.SOURCE) {
            return Facts.source(
                            "deletes it",
                            "makes it visible again after the delay",
                            "leaves it to the queue's redrive policy")
                    .withLimits("a delay is at most 12 hours");
        }
        String most = "10 attributes and 1 MiB a message: what is above is poison";
        return endpoint.scheme().equals("awssns")
                ? Facts.sink("the topic has taken the entry").withLimits(most)
                : Facts.sink("the queue has taken the entry").withLimits(most);
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        return new SqsSource(settings(endpoint), context.pipe(), context.limits());
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        AwsSettings settings = settings(endpoint);
        return settings.topic()
                ? new BatchSink<>(
                        settings,
                        new Link<>(settings.shown(), AwsSettings.HINT, () -> Topic.open(settings, context.pipe())))
                : new BatchSink<>(
                        settings,
                        new Link<>(settings.shown(), AwsSettings.HINT, () -> Queue.open(settings, context.pipe())));
    }

    private static AwsSettings settings(Endpoint endpoint) throws ConfigException {
        Problems problems = new Problems();
        AwsSettings settings = AwsSettings.parse(endpoint, problems);
        problems.throwIfAny();
        return settings;
    }
}
