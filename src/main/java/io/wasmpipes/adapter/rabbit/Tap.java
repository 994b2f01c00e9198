package io.wasmpipes.adapter.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Limits;
import io.wasmpipes.Link;
import io.wasmpipes.Settled;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One channel that a source reads, with one consumer at a time. The consumer belongs to the owner's thread; deliveries come
 * in on the client's; the pipe takes and settles on its own. A tag never leaves the channel it came by.
 */
final class Tap implements Link.Session {
    private static final long FILLING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long GRACE_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Session session;
    private final RabbitSettings settings;
    private final ScheduledExecutorService owner;
    private final Wire wire;
    private final Book book;
    private final long keepNanos;
    private final ReentrantLock answering = new ReentrantLock();
    private volatile long lastTag;
    private volatile boolean renewed;
    private volatile int prefetch;
    private @Nullable Receiver consumer;
    private long backAt;
    /** When a channel ends, a quorum queue gets back what its consumers have one by one, in the order of their tags. */
    private int number = 100_000;

    Tap(Session session, RabbitSettings settings, ScheduledExecutorService owner, Prefetch prefetches, Limits limits) {
        this.session = session;
        this.settings = settings;
        this.owner = owner;
        this.wire = new Wire(settings);
        this.book = new Book(settings.reading().ordered(), prefetches, limits);
        this.keepNanos = settings.keep(limits).toNanos();
        session.channel().addShutdownListener(_ -> book.wake());
    }

    @Override
    public boolean alive() {
        return session.alive();
    }

    /** Whether it has ended by our own will, to have the queue give all of it again. */
    boolean renewed() {
        return renewed;
    }

    /** Waits, once it has ended, until the queue has everything again. */
    void awaitGone() throws InterruptedException {
        session.awaitGone();
    }

    TransientException why() {
        return session.why();
    }

    /** Takes what there is, or waits for something to happen, at most until {@code end}. */
    List<Delivery> take(Demand demand, long end) throws InterruptedException {
        OptionalInt change = book.change(demand);
        if (change.isPresent()) {
            later(0, () -> change(change.getAsInt()));
        }
        List<Delivery> taken = book.take(demand);
        if (taken.isEmpty() && alive()) {
            book.await(Math.max(0, end - System.nanoTime()));
            taken = book.take(demand);
        }
        return taken;
    }

    boolean anyReady() {
        return book.anyReady();
    }

    void wake() {
        book.wake();
    }

    /**
     * What is on its way to a consumer when that is cancelled, a quorum queue gives again behind what the next one gets: so
     * it happens only while nothing can be on its way, no acknowledgement leaving meanwhile.
     */
    private void change(int count) {
        unanswered(() -> {
            if (!book.paused() && (consumer == null || book.awaitFull(FILLING_NANOS))) {
                consume(count);
            } else {
                book.unchanged();
            }
        });
    }

    /** Runs it while nothing is answered, and all that has been claimed is. */
    private void unanswered(Runnable step) {
        answering.lock();
        try {
            step.run();
        } finally {
            answering.unlock();
        }
    }

    /** By the owner: a new consumer in place of the one there is. */
    private void consume(int count) {
        session.attempt(channel -> {
            if (consumer != null) {
                channel.basicCancel(consumer.getConsumerTag());
            }
            channel.basicQos(count);
            book.changed(count, lastTag);
            consumer = new Receiver(channel, this);
            channel.basicConsume(settings.name(), false, "wasm-pipes-" + number++, consumer);
            prefetch = count;
        });
    }

    /** By the client's threads: a message has come. */
    void arrived(Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        if (!alive()) {
            return;
        }
        lastTag = envelope.getDeliveryTag();
        if (!book.arrived(delivery(envelope, properties, body))
                && prefetch > 1) { // all of it goes back at once, and comes again more slowly
            renew("more came than fits");
        }
    }

    private void renew(String why) {
        renewed = true;
        session.end(TransientException.outage(why));
        book.wake();
    }

    /** By the client's threads: the server has ended the consumer. */
    void cancelled() {
        session.end(
                TransientException.outage("queue " + settings.name() + " has gone: the server cancels its consumers"));
        book.wake();
    }

    private RabbitDelivery delivery(Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        return new RabbitDelivery(
                wire.unpack(envelope.getRoutingKey(), properties, body),
                wire.attempt(properties, envelope.isRedeliver()),
                this,
                envelope.getDeliveryTag(),
                System.nanoTime() + keepNanos);
    }

    /** Answers as the pipe says; what is not this channel's, or no longer live, is passed over. */
    void settle(List<Settled> settled) throws InterruptedException {
        Answers answers;
        answering.lockInterruptibly();
        try {
            answers = book.claim(this, settled);
            session.attempt(channel -> answers.tell(channel, book.lowest()));
        } finally {
            answering.unlock();
        }
        if (settings.reading().ordered()) {
            answers.backs().stream()
                    .map(Answers.Back::delay)
                    .max(Duration::compareTo)
                    .ifPresent(delay -> later(0, () -> pause(delay.toNanos())));
        } else {
            answers.backs().forEach(back -> later(back.delay().toNanos(), () -> giveBack(back.tag())));
        }
    }

    private void later(long nanos, Runnable step) {
        try {
            var _ = owner.schedule(step, Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // closed: the channel goes with all it holds
        }
    }

    /**
     * By the owner, where order counts: nothing more is given out until what goes back has gone back. It does with the
     * channel, the one way that puts all of it, and what is on its way, back into its order.
     */
    private void pause(long nanos) {
        long at = System.nanoTime() + nanos;
        backAt = backAt - at > 0 ? backAt : at;
        later(nanos, this::resume);
    }

    private void resume() {
        long over = System.nanoTime() - backAt;
        if (over < 0 || !alive()) {
            return; // another one goes back later, and takes these along
        }
        unanswered(() -> {
            if (book.onlyReturning() || over >= GRACE_NANOS) {
                renew("handed back");
            } else { // what is in hand before them may yet be settled
                later(GRACE_STEP_NANOS, this::resume);
            }
        });
    }

    private void giveBack(long tag) {
        unanswered(() -> {
            if (book.takeReturning(tag)) {
                session.attempt(channel -> channel.basicNack(tag, false, true));
            }
        });
    }

    /** By the owner, now and then: gives back what was held for too long. */
    void lapse() {
        List<Long> stale = book.lapse(System.nanoTime());
        if (!stale.isEmpty() && settings.reading().ordered()) {
            pause(0);
        } else {
            stale.forEach(this::giveBack);
        }
    }

    /** By the owner: how many messages wait at the queue, -1 if it does not say. */
    long waiting() {
        long[] count = {-1};
        session.attempt(channel -> count[0] = channel.messageCount(settings.name()));
        return count[0];
    }

    @Override
    public void close() {
        session.close();
        book.wake();
    }
}
