package io.wasmpipes.config;

import io.wasmpipes.Adapter;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Endpoint.Role;
import io.wasmpipes.Facts;
import io.wasmpipes.HeaderRule;
import io.wasmpipes.Options;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import java.util.List;
import java.util.Set;

/** An adapter that knows schemes and options and opens nothing. */
record FakeAdapter(Set<String> schemes, Set<Role> roles, List<String> options) implements Adapter {
    static final List<Adapter> ALL = List.of(
            new FakeAdapter(
                    Set.of("http", "https"), Set.of(Role.SOURCE, Role.SINK, Role.DEAD_LETTER), List.of("timeout")),
            new FakeAdapter(Set.of("reply"), Set.of(Role.SINK), List.of("multi")),
            new FakeAdapter(
                    Set.of("nats"), Set.of(Role.SOURCE, Role.SINK, Role.DEAD_LETTER), List.of("queue", "natsv2")),
            new FakeAdapter(Set.of("file"), Set.of(Role.SOURCE, Role.SINK, Role.DEAD_LETTER), List.of("fsync")),
            new FakeAdapter(Set.of("timer"), Set.of(Role.SOURCE), List.of("period")),
            new FakeAdapter(Set.of("stdout", "discard"), Set.of(Role.SINK, Role.DEAD_LETTER), List.of("framing")));

    @Override
    public boolean serves(Role role) {
        return roles.contains(role);
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        Options read = new Options(endpoint, problems);
        options.forEach(read::text);
        read.rejectUnknown();
        return problems.list();
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        return Set.of();
    }

    /** One that knows the option {@code few} lets few headers through unless told. */
    @Override
    public HeaderRule defaultHeaders(Endpoint endpoint) {
        return options.contains("few") ? new HeaderRule(List.of("content-type")) : HeaderRule.ALL;
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        return Facts.sink("");
    }

    @Override
    public Source source(Endpoint endpoint, Context context) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) {
        throw new UnsupportedOperationException();
    }
}
