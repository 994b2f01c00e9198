package io.wasmpipes.adapter.redis;

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

/** {@code redis://host:port/stream}: a stream of Redis, read in a consumer group. */
public final class RedisAdapter implements Adapter {
    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        RedisSettings.parse(endpoint, problems);
        return problems.list();
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        RedisSettings settings = RedisSettings.parse(endpoint, new Problems());
        EnumSet<Promise> promises =
                EnumSet.of(Promise.HEADERS, Promise.REPEATED_HEADERS, Promise.BINARY_HEADERS, Promise.KEY);
        RedisSettings.Reading reading = settings.reading();
        if (reading == null) {
            promises.add(Promise.SENDS_IN_ORDER);
            if (settings.durable()) {
                promises.add(Promise.DURABLE);
            }
        } else {
            promises.addAll(Set.of(Promise.REDELIVERS, Promise.STABLE_IDS, Promise.COUNTS_DELIVERIES, Promise.LEASED));
            if (reading.ordered()) {
                promises.add(Promise.ORDERED);
            }
        }
        return promises;
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        return endpoint.role() == Endpoint.Role.SOURCE
                ? Facts.source(
                        "acknowledges", "leaves it pending and delivers it again after the delay", Facts.NO_PLACE)
                : Facts.sink("the server has answered; its appendfsync decides what that outlives");
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        RedisSettings settings = settings(endpoint);
        RedisSettings.Reading reading = settings.reading();
        if (reading == null) {
            throw new IllegalArgumentException(endpoint + " is no source");
        }
        return new RedisSource(settings, reading.named(context.pipe()), context.limits());
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        return new RedisSink(settings(endpoint));
    }

    private static RedisSettings settings(Endpoint endpoint) throws ConfigException {
        Problems problems = new Problems();
        RedisSettings settings = RedisSettings.parse(endpoint, problems);
        problems.throwIfAny();
        return settings;
    }
}
