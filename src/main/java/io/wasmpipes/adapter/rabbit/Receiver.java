package io.wasmpipes.adapter.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One consumer of a tap: what the server delivers to it. Called by the client's threads. */
final class Receiver extends DefaultConsumer {
    private static final int PATIENCE_SECONDS = 4;

    private final Tap tap;
    private final CountDownLatch ended = new CountDownLatch(1);

    Receiver(Channel channel, Tap tap) {
        super(channel);
        this.tap = tap;
    }

    @Override
    public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        tap.arrived(envelope, properties, body);
    }

    /** The client deals with what came before the consumer's end, and then calls this. */
    @Override
    public void handleCancelOk(String tag) {
        ended.countDown();
    }

    @Override
    public void handleCancel(String tag) {
        tap.cancelled();
    }

    /** Waits until everything has come in that was on the way when the consumer was cancelled. */
    void awaitEnd() {
        try {
            var _ = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
