package io.wasmpipes.adapter.mqtt;

import io.wasmpipes.Link;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.SentBatch;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes to a topic. Confirmed means: the server has acknowledged (PUBACK or PUBCOMP); of quality 0, that it is written.
 */
final class MqttSink implements Sink {
    private static final int ROOM = 4096;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final MqttSettings settings;
    private final Link<Session> link;
    private final Semaphore room = new Semaphore(ROOM);
    private final SentBatch.Chains chains = new SentBatch.Chains();

    MqttSink(MqttSettings settings) {
        this.settings = settings;
        this.link = new Link<>("MQTT at " + settings.server(), () -> Session.open(settings, null));
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        link.open();
    }

    @Override
    public Pending send(List<Message> messages) throws InterruptedException {
        SentBatch previous = chains.unawaited();
        Session session;
        try {
            session = link.open();
        } catch (TransientException e) {
            return chains.add(new SentBatch.Unsent(previous, messages.size(), e));
        }
        if (previous != null && !(previous instanceof Acks acks && acks.session == session)) {
            TransientException lost = TransientException.outage("the connection before this one is lost");
            return chains.add(new SentBatch.Unsent(previous, messages.size(), lost));
        }
        List<CompletableFuture<?>> acks = new ArrayList<>(messages.size());
        for (Message message : messages) {
            acks.add(publish(message, session));
        }
        return chains.add(new Acks(previous, session, acks));
    }

    private CompletableFuture<?> publish(Message message, Session session) throws InterruptedException {
        try {
            checkSize(message, session);
            if (!room.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw TransientException.outage(settings.server() + " does not acknowledge");
            }
            CompletableFuture<?> ack = publishHavingRoom(message, session);
            var _ = ack.whenComplete((_, _) -> room.release());
            return ack;
        } catch (PoisonException | TransientException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<?> publishHavingRoom(Message message, Session session) {
        try {
            return session.protocol().publish(message);
        } catch (PoisonException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void checkSize(Message message, Session session) throws PoisonException {
        long largest = session.largest();
        long overhead = session.protocol().overhead(message);
        long body = message.body().length();
        if (largest > 0 && overhead + body > largest) {
            throw new PoisonException("a body of " + body + " bytes is above the " + Math.max(0, largest - overhead)
                    + " that fit into the server's largest packet of " + largest + " bytes");
        }
    }

    /** Messages of one call under way. */
    private final class Acks extends SentBatch {
        private final Session session;
        private final List<CompletableFuture<?>> acks;

        Acks(@Nullable SentBatch previous, Session session, List<CompletableFuture<?>> acks) {
            super(previous);
            this.session = session;
            this.acks = acks;
        }

        @Override
        protected List<Outcome> outcomes() throws InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            List<Outcome> outcomes = new ArrayList<>(acks.size());
            for (CompletableFuture<?> ack : acks) {
                outcomes.add(outcome(ack, Math.max(0, end - System.nanoTime())));
            }
            return outcomes;
        }

        private Outcome outcome(CompletableFuture<?> ack, long nanos) throws InterruptedException {
            try {
                ack.get(nanos, TimeUnit.NANOSECONDS);
                return Outcome.Confirmed.YES;
            } catch (ExecutionException e) {
                return new Outcome.Failed(
                        e.getCause() instanceof PipeException own ? own : Failures.ofPublish(settings.server(), e));
            } catch (TimeoutException e) {
                TransientException late = TransientException.outage(
                        settings.server() + " has not acknowledged within " + PATIENCE.toSeconds() + " s");
                session.end(late);
                return new Outcome.Failed(late);
            }
        }
    }

    @Override
    public void close() {
        link.close();
    }
}
