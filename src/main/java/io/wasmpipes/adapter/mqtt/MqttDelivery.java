package io.wasmpipes.adapter.mqtt;

import io.wasmpipes.Delivery;
import io.wasmpipes.Message;
import java.util.concurrent.atomic.AtomicBoolean;

/** A message of one session: it ends with the session, which then brings the message again. */
final class MqttDelivery implements Delivery {
    private final Protocol.Arrived arrived;
    private final long number;
    private final int attempt;
    private final Session session;
    private final AtomicBoolean over = new AtomicBoolean();

    MqttDelivery(Protocol.Arrived arrived, long number, int attempt, Session session) {
        this.arrived = arrived;
        this.number = number;
        this.attempt = attempt;
        this.session = session;
    }

    @Override
    public Message message() {
        return arrived.message();
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public boolean live() {
        return !over.get() && session.alive();
    }

    long number() {
        return number;
    }

    void acknowledge() {
        arrived.acknowledge().run();
    }

    /** The same message in hand once more; {@code failed} if this delivery did. */
    MqttDelivery again(boolean failed) {
        return new MqttDelivery(arrived, number, failed ? attempt + 1 : attempt, session);
    }

    /** Ends it: true for the one caller that may settle it. */
    boolean claim() {
        return live() && over.compareAndSet(false, true);
    }

    void end() {
        over.set(true);
    }
}
