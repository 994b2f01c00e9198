package io.wasmpipes.adapter.tcp;

import io.wasmpipes.Link;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.SentBatch;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes frames to one connection. Confirmed means written, no more: what is under way when it is cut is lost. */
final class TcpSink implements Sink {
    private final TcpAdapter.Settings settings;
    private final Link<Connection> link;
    private final SentBatch.Chains chains = new SentBatch.Chains();

    TcpSink(TcpAdapter.Settings settings) {
        this.settings = settings;
        this.link = new Link<>(settings.toString(), () -> Connection.open(settings));
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        link.open();
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        SentBatch previous = chains.unawaited();
        Connection connection;
        try {
            connection = link.open();
        } catch (TransientException e) {
            return chains.add(new SentBatch.Unsent(previous, messages.size(), e));
        }
        if (previous != null && !(previous instanceof Written written && written.connection == connection)) {
            TransientException lost = TransientException.outage("the connection before this one is lost");
            return chains.add(new SentBatch.Unsent(previous, messages.size(), lost));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Message message : messages) {
            settings.framing().write(message.body(), bytes);
        }
        Outcome outcome =
                connection.write(bytes.toByteArray()) ? Outcome.Confirmed.YES : new Outcome.Failed(connection.why());
        return chains.add(new Written(previous, connection, Collections.nCopies(messages.size(), outcome)));
    }

    /** Messages that are written, or not. */
    private static final class Written extends SentBatch {
        private final Connection connection;
        private final List<Outcome> outcomes;

        Written(@Nullable SentBatch previous, Connection connection, List<Outcome> outcomes) {
            super(previous);
            this.connection = connection;
            this.outcomes = outcomes;
        }

        @Override
        protected List<Outcome> outcomes() {
            return outcomes;
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
