package io.wasmpipes.e2e;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.RabbitNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A durable queue behind a fanout exchange of the same name; the pipe comes in through a slow proxy. */
final class RabbitSite implements Site {
    private final String name;
    private final FaultProxy proxy;
    private final Connection connection;
    private final Channel channel;
    private final Arrivals arrivals = new Arrivals();

    /** @param looked whether the numbers that arrive are consumed, to be looked at */
    RabbitSite(RabbitNode node, String name, boolean looked) throws Exception {
        this.name = name;
        this.proxy = FaultProxy.before(node.port());
        proxy.delay(Duration.ofMillis(10));
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(node.url());
        this.connection = factory.newConnection();
        this.channel = connection.createChannel();
        channel.exchangeDeclare(name, "fanout", true);
        channel.queueDeclare(name, true, false, false, Map.of());
        channel.queueBind(name, name, "");
        channel.confirmSelect();
        if (looked) {
            channel.basicConsume(
                    name,
                    true,
                    (tag, delivery) -> arrivals.add(new String(delivery.getBody(), StandardCharsets.UTF_8)),
                    tag -> {});
        }
    }

    private String url() {
        return "amqp://guest:guest@127.0.0.1:" + proxy.port();
    }

    @Override
    public Map<String, String> asSource() {
        return Map.of("SOURCE_URI", "rabbit://" + name, "SOURCE_RABBIT_SERVER_URL", url());
    }

    @Override
    public Map<String, String> asSink() {
        return Map.of("SINK_URI", "rabbit://" + name, "SINK_RABBIT_SERVER_URL", url());
    }

    @Override
    public void put(List<Integer> numbers) throws Exception {
        for (int number : numbers) {
            channel.basicPublish(
                    name,
                    "",
                    MessageProperties.PERSISTENT_BASIC,
                    Feed.body(number).getBytes(StandardCharsets.UTF_8));
        }
        channel.waitForConfirmsOrDie(10_000);
    }

    @Override
    public List<Integer> arrived() {
        return arrivals.list();
    }

    @Override
    public void close() {
        proxy.close();
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
