package io.wasmpipes.adapter.nats;

import io.nats.client.Connection;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that messages are dropped: core NATS cannot be asked to wait, so what exceeds the bounded buffer is gone. At most
 * one line every ten seconds. Everything else that jnats reports shows where it is used.
 */
final class SlowConsumerLog implements ErrorListener {
    private static final Logger LOG = LoggerFactory.getLogger(SlowConsumerLog.class);
    private static final long EVERY = Duration.ofSeconds(10).toNanos();

    private final AtomicLong nextLine = new AtomicLong(System.nanoTime());

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {
        long now = System.nanoTime();
        long due = nextLine.get();
        if (now - due >= 0 && nextLine.compareAndSet(due, now + EVERY)) {
            LOG.warn(
                    "nats source is slower than its senders: dropped={} buffered={}; core NATS cannot wait, JetStream can",
                    consumer.getDroppedCount(),
                    consumer.getPendingMessageCount());
        }
    }
}
