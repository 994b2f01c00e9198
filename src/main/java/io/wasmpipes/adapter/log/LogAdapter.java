package io.wasmpipes.adapter.log;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code log:} writes a line per message: size, id, key, names of headers; the body only with {@code body=true}. */
public final class LogAdapter implements Adapter {
    private static final Logger LOG = LoggerFactory.getLogger(LogAdapter.class);

    @Override
    public Set<String> schemes() {
        return Set.of("log");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role == Endpoint.Role.SINK || role == Endpoint.Role.DEAD_LETTER;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        body(endpoint, problems);
        return problems.list();
    }

    private static boolean body(Endpoint endpoint, Problems problems) {
        Options options = new Options(endpoint, problems);
        boolean body = options.flag("body", false);
        options.rejectUnknown();
        return body;
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        return Set.of(Promise.SENDS_IN_ORDER);
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        return Facts.sink("a line is in the log");
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        throw new ConfigException(endpoint.variable(), endpoint.toString(), "cannot be a source", "");
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        Problems problems = new Problems();
        boolean body = body(endpoint, problems);
        problems.throwIfAny();
        return new Lines(body);
    }

    private record Lines(boolean body) implements Sink {
        @Override
        public void connect() {
            // the log is always there
        }

        @Override
        public Pending send(List<Message> messages) {
            messages.forEach(this::write);
            List<Outcome> outcomes = Collections.nCopies(messages.size(), Outcome.Confirmed.YES);
            return () -> outcomes;
        }

        private void write(Message m) {
            if (body) {
                LOG.info(
                        "message bytes={} id={} key={} headers={} body={}",
                        m.body().length(),
                        m.id(),
                        m.key(),
                        m.headers(),
                        m.body().utf8());
            } else {
                LOG.info("message bytes={} id={} key={} headers={}", m.body().length(), m.id(), m.key(), m.headers());
            }
        }

        @Override
        public void close() {
            // the log is not ours
        }
    }
}
