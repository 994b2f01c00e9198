package io.wasmpipes.adapter.discard;

import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Facts;
import io.wasmpipes.Message;
import io.wasmpipes.Options;
import io.wasmpipes.Outcome;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** {@code discard:} confirms every message and forgets it. */
public final class DiscardAdapter implements Adapter {
    @Override
    public Set<String> schemes() {
        return Set.of("discard");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role == Endpoint.Role.SINK || role == Endpoint.Role.DEAD_LETTER;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        new Options(endpoint, problems).rejectUnknown();
        return problems.list();
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        return Set.of(Promise.SENDS_IN_ORDER);
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        return Facts.sink("it is gone, as asked");
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        throw new ConfigException(endpoint.variable(), endpoint.toString(), "cannot be a source", "");
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        List<Problem> problems = problems(endpoint);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new Nowhere();
    }

    private static final class Nowhere implements Sink {
        @Override
        public void connect() {
            // nothing to reach
        }

        @Override
        public Pending send(List<Message> messages) {
            List<Outcome> outcomes = Collections.nCopies(messages.size(), Outcome.Confirmed.YES);
            return () -> outcomes;
        }

        @Override
        public void close() {
            // nothing to release
        }
    }
}
