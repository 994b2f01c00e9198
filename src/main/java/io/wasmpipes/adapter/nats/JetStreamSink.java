package io.wasmpipes.adapter.nats;

import io.nats.client.api.StreamConfiguration;
import io.wasmpipes.Message;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.SentBatch;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes into a stream. Confirmed means: the stream has acknowledged it. The id of a message is its Nats-Msg-Id, so the
 * stream drops a second one within its window.
 */
final class JetStreamSink implements Sink {
    private final NatsSettings settings;
    private final NatsSettings.JetStream spec;
    private final Link<Acks> link;
    private final SentBatch.Chains chains = new SentBatch.Chains();

    JetStreamSink(NatsSettings settings, NatsSettings.JetStream spec, String name) {
        this.settings = settings;
        this.spec = spec;
        this.link = new Link<>(settings.servers(), name, false, this::attach);
    }

    private Acks attach(Session session) throws TransientException, InterruptedException {
        StreamConfiguration stream = new Streams(spec, settings.subject()).stream(session);
        if (stream.getSubjects().stream().noneMatch(s -> Streams.covers(s, settings.subject()))) {
            throw TransientException.outage("stream " + spec.stream() + " does not take the subject "
                    + settings.subject() + ": add it to the stream, or add create=true to the URI");
        }
        long max = session.connection().getMaxPayload();
        int own = stream.getMaximumMessageSize();
        Acks acks = new Acks(session, own > 0 ? Math.min(own, max) : max);
        if (!session.flush()) {
            throw session.lost();
        }
        return acks;
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        link.open();
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        SentBatch previous = chains.unawaited();
        Acks acks;
        try {
            acks = link.open();
        } catch (TransientException e) {
            return chains.add(new SentBatch.Unsent(previous, messages.size(), e));
        }
        if (previous != null && !(previous instanceof Acks.Batch b && b.acks() == acks)) {
            return chains.add(new SentBatch.Unsent(
                    previous, messages.size(), acks.session().lost()));
        }
        return chains.add(publish(messages, acks, previous));
    }

    private Acks.Batch publish(List<Message> messages, Acks acks, @Nullable SentBatch previous)
            throws InterruptedException {
        Acks.Batch batch = acks.batch(previous, messages.size());
        PipeException outage = null;
        for (int i = 0; i < messages.size(); i++) {
            try {
                if (outage == null) {
                    publish(messages.get(i), batch, i);
                } else {
                    batch.failed(i, outage);
                }
            } catch (PoisonException e) {
                batch.failed(i, e);
            } catch (TransientException e) {
                outage = e;
                batch.failed(i, e);
            }
        }
        return batch;
    }

    private void publish(Message message, Acks.Batch batch, int index)
            throws PoisonException, TransientException, InterruptedException {
        Acks acks = batch.acks();
        Wire.Packet packet = settings.wire().pack(message, message.id().value());
        if (packet.size() > acks.max()) {
            throw new PoisonException("a message of " + packet.size() + " bytes is above the " + acks.max()
                    + " bytes that stream " + spec.stream() + " or its server take");
        }
        try {
            acks.session()
                    .connection()
                    .publish(
                            settings.subject(),
                            batch.reply(index),
                            packet.headers(),
                            packet.body().readOnlyArray());
        } catch (IllegalStateException e) { // closed, or its queue stays full
            throw acks.session().lost();
        }
        if (Thread.interrupted()) { // jnats drops the message it was about to queue
            throw new InterruptedException();
        }
    }

    @Override
    public void close() {
        Acks acks = link.current();
        if (acks != null) {
            try {
                acks.session().flush();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        link.close();
    }
}
