package io.wasmpipes.adapter.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;

/** One consumer of a tap: what the server delivers to it. Called by the client's threads. */
final class Receiver extends DefaultConsumer {
    private final Tap tap;

    Receiver(Channel channel, Tap tap) {
        super(channel);
        this.tap = tap;
    }

    @Override
    public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        tap.arrived(envelope, properties, body);
    }

    @Override
    public void handleCancel(String tag) {
        tap.cancelled();
    }
}
