package io.wasmpipes.adapter.servicebus;

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

/** {@code azuresb://queue-or-topic}, {@code azuresb://topic?subscription=S}: queues and topics of Azure Service Bus. */
public final class ServiceBusAdapter implements Adapter {
    @Override
    public Set<String> schemes() {
        return Set.of("azuresb");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        ServiceBusSettings.parse(endpoint, problems);
        return problems.list();
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        EnumSet<Promise> promises = EnumSet.of(Promise.HEADERS, Promise.KEY);
        if (endpoint.role() != Endpoint.Role.SOURCE) {
            promises.addAll(Set.of(Promise.SENDS_IN_ORDER, Promise.DURABLE));
            return promises;
        }
        promises.addAll(Set.of(
                Promise.REDELIVERS, Promise.STABLE_IDS, Promise.COUNTS_DELIVERIES, Promise.REJECTS, Promise.LEASED));
        if (ServiceBusSettings.parse(endpoint, new Problems()).sessions() > 0) {
            promises.add(Promise.ORDERED_BY_KEY);
        }
        return promises;
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        ServiceBusSettings settings = settings(endpoint);
        return settings.sessions() > 0
                ? new SessionSource(settings, context.limits())
                : new ServiceBusSource(settings, context.limits());
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        return new ServiceBusSink(settings(endpoint));
    }

    private static ServiceBusSettings settings(Endpoint endpoint) throws ConfigException {
        Problems problems = new Problems();
        ServiceBusSettings settings = ServiceBusSettings.parse(endpoint, problems);
        problems.throwIfAny();
        return settings;
    }
}
