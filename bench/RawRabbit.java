import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmCallback;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** At least once, pipelined: a delivery is acknowledged when its publication is confirmed; at most 1,000 in hand. */
final class RawRabbit {
    private static final int WINDOW = 1000;

    public static void main(String[] args) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(args[0]);
        Connection connection = factory.newConnection();
        Channel in = connection.createChannel();
        Channel out = connection.createChannel();
        ConcurrentSkipListMap<Long, Long> tags = new ConcurrentSkipListMap<>();
        ConfirmCallback confirmed = (number, multiple) -> acknowledge(in, tags, number, multiple);
        out.confirmSelect();
        out.addConfirmListener(confirmed, (number, multiple) -> System.exit(1));
        out.addReturnListener(returned -> System.exit(1));
        in.basicQos(WINDOW);
        in.basicConsume(
                "in",
                false,
                (tag, delivery) -> {
                    tags.put(out.getNextPublishSeqNo(), delivery.getEnvelope().getDeliveryTag());
                    out.basicPublish("out", "", true, MessageProperties.PERSISTENT_BASIC, delivery.getBody());
                },
                tag -> System.exit(1));
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void acknowledge(Channel in, ConcurrentSkipListMap<Long, Long> tags, long number, boolean multiple)
            throws IOException {
        if (!multiple) {
            Long tag = tags.remove(number);
            if (tag != null) {
                in.basicAck(tag, false);
            }
            return;
        }
        Map<Long, Long> through = tags.headMap(number, true);
        for (Long tag : through.values()) {
            in.basicAck(tag, false);
        }
        through.clear();
    }
}
