package io.wasmpipes.adapter.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceivedMessage;
import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A locked message: ours until its lock ends, whatever becomes of the connection. */
final class ServiceBusDelivery implements Delivery {
    private final ServiceBusReceivedMessage packed;
    private final Message message;
    private final long keepUntil;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Session session;
    private volatile boolean lost;
    private volatile long lockEnd;
    private volatile long nextRenewal;

    ServiceBusDelivery(ServiceBusReceivedMessage packed, Message message, long keepUntil) {
        this.packed = packed;
        this.message = message;
        this.keepUntil = keepUntil;
    }

    /** The session it belongs to, null if it belongs to none. */
    @Nullable
    Session session() {
        return session;
    }

    void from(Session owner) {
        session = owner;
    }

    ServiceBusReceivedMessage packed() {
        return packed;
    }

    @Override
    public Message message() {
        return message;
    }

    /** Service Bus counts the deliveries before this one. */
    @Override
    public int attempt() {
        return (int) Math.min(packed.getDeliveryCount() + 1, Integer.MAX_VALUE);
    }

    @Override
    public boolean live() {
        if (System.nanoTime() - lockEnd >= 0) {
            lost = true; // once false it stays false
        }
        return !lost && !over.get();
    }

    /** The lock holds for {@code nanos} from {@code since}; it is due for renewal after a third. */
    void lockedFor(long since, long nanos) {
        lockEnd = since + nanos;
        nextRenewal = since + nanos / 3;
    }

    /** Whether its lock is still there, in hand or not. */
    boolean locked(long now) {
        return !lost && now - lockEnd < 0;
    }

    boolean mayKeep(long now) {
        return now - keepUntil < 0;
    }

    boolean wantsRenewal(long now) {
        return now - nextRenewal >= 0;
    }

    /** A renewal is under way: not again before {@code at}. */
    void renewNotBefore(long at) {
        nextRenewal = at;
    }

    /** Ends it: true for the one caller that may settle it. */
    boolean claim() {
        return live() && over.compareAndSet(false, true);
    }

    /** Takes a {@link #claim} back, because the settlement did not arrive. */
    void unclaim() {
        over.set(false);
    }

    /** Its lock is gone for good. */
    void lose() {
        lost = true;
    }
}
