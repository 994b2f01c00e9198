package io.wasmpipes.adapter.rabbit;

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
 * {@code rabbit://queue} as a source and {@code rabbit://exchange} as a sink, in the syntax of go-cloud; the server stands
 * in RABBIT_SERVER_URL. Nothing is declared: a missing queue or exchange is an outage.
 */
public final class RabbitAdapter implements Adapter {
    @Override
    public Set<String> schemes() {
        return Set.of("rabbit");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        RabbitSettings.parse(endpoint, problems);
        return problems.list();
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        RabbitSettings settings = RabbitSettings.parse(endpoint, new Problems());
        EnumSet<Promise> promises = EnumSet.of(Promise.HEADERS, Promise.BINARY_HEADERS);
        if (endpoint.role() != Endpoint.Role.SOURCE) {
            promises.addAll(Set.of(Promise.SENDS_IN_ORDER, Promise.DURABLE));
            return promises;
        }
        RabbitSettings.Reading reading = settings.reading();
        promises.addAll(Set.of(Promise.REDELIVERS, Promise.KEY));
        if (reading.ordered()) {
            promises.add(Promise.ORDERED);
        }
        if (reading.deadLetters()) {
            promises.add(Promise.REJECTS);
        }
        if (reading.ids()) {
            promises.add(Promise.STABLE_IDS);
        }
        if (reading.deliveryLimit().isPresent()) {
            promises.add(Promise.COUNTS_DELIVERIES);
        }
        return promises;
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        if (endpoint.role() != Endpoint.Role.SOURCE) {
            return Facts.sink("the server has confirmed, and has not returned it as unroutable")
                    .withLimits("what no queue is bound for is poison");
        }
        RabbitSettings.Reading reading =
                RabbitSettings.parse(endpoint, new Problems()).reading();
        return Facts.source(
                        "acknowledges",
                        "requeues it after the delay",
                        reading.deadLetters() ? "rejects it: the queue's dead-letter exchange has it" : Facts.NO_PLACE)
                .withLimits("the server's consumer_timeout (30 minutes by default) ends what is held longer")
                .withDeliveries(most(reading.deliveryLimit()));
    }

    private static OptionalInt most(OptionalInt limit) {
        return limit.orElse(-1) > 0 ? limit : OptionalInt.empty();
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        return new RabbitSource(settings(endpoint), name(context), context.limits());
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        return new RabbitSink(settings(endpoint), name(context));
    }

    private static RabbitSettings settings(Endpoint endpoint) throws ConfigException {
        Problems problems = new Problems();
        RabbitSettings settings = RabbitSettings.parse(endpoint, problems);
        problems.throwIfAny();
        return settings;
    }

    private static String name(Context context) {
        return "wasm-pipes " + context.pipe();
    }
}
