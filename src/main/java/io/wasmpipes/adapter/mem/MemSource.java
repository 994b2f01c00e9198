package io.wasmpipes.adapter.mem;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** One reader of a topic. */
final class MemSource implements Source {
    private final MemTopic topic;
    private final Duration lease;
    private volatile boolean closed;

    MemSource(MemTopic topic, Duration lease) {
        this.topic = topic;
        this.lease = lease;
    }

    @Override
    public void connect() {
        // a topic in the same process is always there
    }

    @Override
    public List<Delivery> receive(Demand demand) throws InterruptedException {
        return List.copyOf(topic.take(this, demand, lease));
    }

    @Override
    public void settle(List<Settled> settled) {
        for (Settled each : settled) {
            if (each.delivery() instanceof MemDelivery delivery) {
                settle(delivery, each.settlement());
            }
        }
    }

    /** A delivery that does not hold its message any more is left alone. */
    private void settle(MemDelivery delivery, Settlement settlement) {
        switch (settlement) {
            case Settlement.Done _, Settlement.Reject _ -> topic.settle(delivery);
            case Settlement.Retry(Duration delay, Throwable _) -> topic.giveBack(delivery, delay);
        }
    }

    @Override
    public OptionalLong lag() {
        return topic.waiting();
    }

    boolean closed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        topic.leave(this);
    }
}
