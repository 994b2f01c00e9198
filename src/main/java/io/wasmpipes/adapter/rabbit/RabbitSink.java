package io.wasmpipes.adapter.rabbit;

import io.wasmpipes.Link;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.SentBatch;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishes to an exchange, persistent and mandatory. Confirmed means: a queue has it and the server has confirmed it; a
 * message that comes back unroutable is poison.
 */
final class RabbitSink implements Sink {
    private final RabbitSettings settings;
    private final Wire wire;
    private final SizeLimit limit;
    private final String name;
    private final Link<Publisher> link;
    private final SentBatch.Chains chains = new SentBatch.Chains();

    RabbitSink(RabbitSettings settings, String name) {
        this.settings = settings;
        this.wire = new Wire(settings);
        this.limit = new SizeLimit(settings.writing().maxMessageSize());
        this.name = name;
        this.link = new Link<>("RabbitMQ at " + settings.server(), this::publisher);
    }

    private Publisher publisher() throws TransientException {
        Session session = Session.open(settings.server(), name, channel -> {
            if (!settings.name().isEmpty()) { // the default exchange is always there
                channel.exchangeDeclarePassive(settings.name());
            }
            channel.confirmSelect();
        });
        return new Publisher(session, settings.name(), limit);
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        link.open();
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        SentBatch previous = chains.unawaited();
        Publisher publisher;
        try {
            publisher = link.open();
            publisher.awaitUnblocked();
        } catch (TransientException e) {
            return chains.add(new SentBatch.Unsent(previous, messages.size(), e));
        }
        if (previous != null && !(previous instanceof Confirms c && c.publisher() == publisher)) {
            TransientException lost = TransientException.outage("the connection before this one is lost");
            return chains.add(new SentBatch.Unsent(previous, messages.size(), lost));
        }
        return chains.add(publish(messages, publisher, previous));
    }

    private Confirms publish(List<Message> messages, Publisher publisher, @Nullable SentBatch previous)
            throws InterruptedException {
        Confirms batch = new Confirms(previous, publisher, messages.size());
        PipeException outage = null;
        for (int i = 0; i < messages.size(); i++) {
            try {
                if (outage == null) {
                    publish(messages.get(i), batch, i);
                } else {
                    batch.settle(i, new Outcome.Failed(outage));
                }
            } catch (PoisonException e) {
                batch.settle(i, new Outcome.Failed(e));
            } catch (TransientException e) {
                outage = e;
                batch.settle(i, new Outcome.Failed(e));
            }
        }
        return batch;
    }

    private void publish(Message message, Confirms batch, int index)
            throws PoisonException, TransientException, InterruptedException {
        Wire.Packet packet = wire.pack(message);
        PoisonException tooLarge = limit.above(packet.body().length);
        if (tooLarge != null) {
            throw tooLarge;
        }
        batch.publisher().publish(packet, batch, index);
    }

    @Override
    public void close() {
        link.close();
    }
}
