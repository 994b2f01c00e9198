package io.wasmpipes.adapter.nats;

import io.nats.client.impl.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.SentBatch;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Publishes on core NATS. Confirmed means: the server has answered a ping sent behind the message on the same connection.
 * One ping confirms every batch before it, of all threads.
 */
final class CoreSink implements Sink {
    /** The batches on one session, counted as they are handed over, and how many of them are confirmed. */
    private record Channel(Session session, AtomicLong sent, AtomicLong confirmed, ReentrantLock pinging)
            implements Link.Attached {
        Channel(Session session) {
            this(session, new AtomicLong(), new AtomicLong(), new ReentrantLock());
        }

        boolean confirms(long ticket) throws InterruptedException {
            if (confirmed.get() >= ticket) {
                return true;
            }
            pinging.lockInterruptibly();
            try {
                if (confirmed.get() >= ticket) { // by the one that pinged while this thread waited
                    return true;
                }
                long all = sent.get();
                if (!session.flush()) {
                    return false;
                }
                confirmed.set(all);
                return true;
            } finally {
                pinging.unlock();
            }
        }
    }

    private final NatsSettings settings;
    private final Link<Channel> link;
    private final SentBatch.Chains chains = new SentBatch.Chains();
    private volatile @Nullable Packed last;

    CoreSink(NatsSettings settings, String name) {
        this.settings = settings;
        this.link = new Link<>(settings.servers(), name, false, Channel::new);
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        link.open();
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        SentBatch previous = chains.unawaited();
        Channel channel;
        try {
            channel = link.open();
        } catch (TransientException e) {
            return chains.add(new SentBatch.Unsent(previous, messages.size(), e));
        }
        if (previous != null && !(previous instanceof Published p && p.channel.session() == channel.session())) {
            return chains.add(new SentBatch.Unsent(
                    previous, messages.size(), channel.session().lost()));
        }
        return chains.add(publish(messages, channel, previous));
    }

    private Published publish(List<Message> messages, Channel channel, @Nullable SentBatch previous)
            throws InterruptedException {
        int count = messages.size();
        @Nullable PipeException[] failures = new PipeException[count];
        TransientException outage = null;
        for (int i = 0; i < count; i++) {
            if (outage == null) {
                try {
                    publish(messages.get(i), channel.session());
                } catch (PoisonException e) {
                    failures[i] = e;
                } catch (TransientException e) {
                    outage = e;
                }
            }
            if (outage != null) {
                failures[i] = outage;
            }
        }
        return new Published(previous, channel, channel.sent().incrementAndGet(), failures);
    }

    /** Most messages have no header but the pipe's own, which is the same object for all: it is packed once. */
    private Wire.Packet pack(Message message) throws PoisonException {
        Packed known = last;
        if (known != null && known.headers.equals(message.headers())) {
            return new Wire.Packet(known.packed, message.body());
        }
        Wire.Packet packet = settings.wire().pack(message, "");
        if (packet.headers() != null && packet.headers().size() == 1) {
            last = new Packed(message.headers(), new Headers(packet.headers(), true));
        }
        return packet;
    }

    private void publish(Message message, Session session)
            throws PoisonException, TransientException, InterruptedException {
        Wire.Packet packet = pack(message);
        long max = session.connection().getMaxPayload();
        if (packet.size() > max) {
            throw new PoisonException(
                    "a message of " + packet.size() + " bytes is above the NATS server's max_payload of " + max);
        }
        try {
            session.connection()
                    .publish(settings.subject(), packet.headers(), packet.body().readOnlyArray());
        } catch (IllegalStateException e) { // closed, or its queue stays full
            throw session.lost();
        }
        if (Thread.interrupted()) { // jnats drops the message it was about to queue
            throw new InterruptedException();
        }
    }

    /** Headers and what NATS is given for them, which nobody changes. */
    private record Packed(io.wasmpipes.Headers headers, Headers packed) {}

    /** A batch under way. */
    private static final class Published extends SentBatch {
        private final Channel channel;
        private final long ticket;
        private final @Nullable PipeException[] failures;

        Published(@Nullable SentBatch previous, Channel channel, long ticket, @Nullable PipeException[] failures) {
            super(previous);
            this.channel = channel;
            this.ticket = ticket;
            this.failures = failures;
        }

        @Override
        protected List<Outcome> outcomes() throws InterruptedException {
            Outcome answer = channel.confirms(ticket)
                    ? Outcome.Confirmed.YES
                    : new Outcome.Failed(channel.session().lost());
            List<Outcome> outcomes = new ArrayList<>(failures.length);
            for (PipeException failure : failures) {
                outcomes.add(failure == null ? answer : new Outcome.Failed(failure));
            }
            return outcomes;
        }
    }

    @Override
    public void close() {
        Channel channel = link.current();
        if (channel != null) {
            try {
                channel.session().flush();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        link.close();
    }
}
