import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.wasmpipes.support.RabbitNode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A RabbitMQ node with two durable queues, each behind a fanout exchange of its name. */
record RabbitRig(RabbitNode node) implements Rig {
    static RabbitRig start() throws Exception {
        RabbitRig rig = new RabbitRig(RabbitNode.start());
        try (Connection connection = rig.connect()) {
            Channel channel = connection.createChannel();
            for (String name : new String[] {"in", "out"}) {
                channel.exchangeDeclare(name, "fanout", true);
                channel.queueDeclare(name, true, false, false, Map.of());
                channel.queueBind(name, name, "");
            }
        }
        return rig;
    }

    private Connection connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(node.url());
        return factory.newConnection();
    }

    @Override
    public int window() {
        return 1000;
    }

    @Override
    public boolean keeps() {
        return true;
    }

    @Override
    public Port open(boolean direct) throws Exception {
        Connection connection = connect();
        Channel channel = connection.createChannel();
        String to = direct ? "out" : "in";
        return new Port() {
            @Override
            public void publish(int number, byte[] payload) throws Exception {
                channel.basicPublish(to, "", MessageProperties.PERSISTENT_BASIC, payload);
            }

            @Override
            public void listen(Consumer<byte[]> listener) throws Exception {
                connection
                        .createChannel()
                        .basicConsume("out", true, (tag, delivery) -> listener.accept(delivery.getBody()), tag -> {});
            }

            @Override
            public void close() throws Exception {
                connection.close();
            }
        };
    }

    @Override
    public List<String> raw() {
        return List.of("RawRabbit", node.url());
    }

    @Override
    public Map<String, String> pipe() {
        return Map.of("RABBIT_SERVER_URL", node.url(), "SOURCE_URI", "rabbit://in", "SINK_URI", "rabbit://out");
    }

    @Override
    public List<String> rawOptions() {
        return List.of("prefetch=1000", "mandatory=true", "confirms=true", "delivery_mode=2", "ack multiple");
    }

    @Override
    public List<String> pipeOptions() {
        return List.of("MAX_IN_FLIGHT=1000 (default)", "mandatory, confirms and persistent always");
    }

    @Override
    public void close() {
        node.close();
    }
}
