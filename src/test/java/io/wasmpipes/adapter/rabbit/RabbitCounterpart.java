package io.wasmpipes.adapter.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.MessageProperties;
import io.wasmpipes.Adapter;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Ports;
import io.wasmpipes.support.RabbitNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** A queue bound to an exchange of a real node: the adapter behind a proxy on one side, the official client on the other. */
final class RabbitCounterpart implements Counterpart.ForSource, Counterpart.ForSink {
    static final int LARGEST = 1 << 20;

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String SECRET = "s3cr3t-word";

    private final RabbitNode node;
    private final FaultProxy proxy;
    private final String type;
    private final String options;
    private final String name = "c" + NUMBER.incrementAndGet();
    private final List<Message> arrived = new ArrayList<>();
    private Connection connection;
    private Channel raw;
    private int serial;

    /** {@code type} is x-queue-type. */
    RabbitCounterpart(RabbitNode node, String type, String options) throws Exception {
        this.node = node;
        this.type = type;
        this.options = options;
        this.proxy = FaultProxy.before(node.port());
        connect();
        raw.exchangeDeclare(name, "fanout", true);
        declareQueue();
        raw.queueBind(name, name, "");
    }

    private void declareQueue() throws Exception {
        Map<String, Object> arguments = new HashMap<>(Map.of("x-queue-type", type));
        raw.queueDeclare(name, true, false, false, arguments);
    }

    private void connect() throws Exception {
        connection = connection(node);
        raw = connection.createChannel();
        raw.confirmSelect();
    }

    /** A connection of the official client; it repairs nothing. */
    static Connection connection(RabbitNode node) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(node.url());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    @Override
    public Adapter adapter() {
        return new RabbitAdapter();
    }

    @Override
    public String uri() {
        return "rabbit://" + name + options;
    }

    @Override
    public Variables variables() {
        return Counterpart.variables(Map.of("RABBIT_SERVER_URL", "amqp://127.0.0.1:" + proxy.port()));
    }

    @Override
    public Optional<Absent> absent() {
        String url = "amqp://user:" + SECRET + "@127.0.0.1:" + Ports.free();
        return Optional.of(new Absent(uri(), Counterpart.variables(Map.of("RABBIT_SERVER_URL", url))));
    }

    @Override
    public String secret() {
        return SECRET;
    }

    @Override
    public long largest() {
        return LARGEST;
    }

    @Override
    public Optional<Faults> faults() {
        return Optional.of(new Faults() {
            @Override
            public void cut() {
                proxy.cut();
            }

            @Override
            public void stall() {
                proxy.stall();
            }

            @Override
            public void heal() {
                proxy.heal();
            }

            // A quorum queue that was declared just before kill -9 is without a leader for ever: those end in order.
            @Override
            public void restart() throws Exception {
                if (type.equals("quorum")) {
                    node.stop();
                } else {
                    node.kill();
                }
                node.restart();
                connect();
            }
        });
    }

    /** A channel may hang after a restart: another one has to try again. */
    @Override
    public void put(List<Message> messages) throws Exception {
        Await.until("everything is confirmed", () -> {
            publish(messages);
            boolean confirmed = confirmed();
            if (!confirmed) {
                connection.abort(500);
                connect();
            }
            return confirmed;
        });
    }

    private boolean confirmed() throws Exception {
        try {
            return raw.waitForConfirms(5000);
        } catch (TimeoutException e) {
            return false;
        }
    }

    private void publish(List<Message> messages) throws Exception {
        for (Message message : messages) {
            Map<String, Object> table = new HashMap<>();
            for (Header header : message.headers()) {
                table.put(
                        header.name(),
                        header.isText() ? header.text() : header.bytes().toArray());
            }
            AMQP.BasicProperties properties = MessageProperties.PERSISTENT_BASIC
                    .builder()
                    .headers(table)
                    .messageId(name + "-" + serial++)
                    .build();
            String key = message.key() == null ? "" : message.key();
            raw.basicPublish(name, key, properties, message.body().toArray());
        }
    }

    @Override
    public List<Message> arrived(int count) throws Exception {
        Await.until(count + " messages arrive", () -> {
            for (GetResponse got = raw.basicGet(name, true); got != null; got = raw.basicGet(name, true)) {
                arrived.add(message(got));
            }
            return arrived.size() >= count;
        });
        return List.copyOf(arrived);
    }

    private static Message message(GetResponse got) {
        List<Header> headers = new ArrayList<>();
        got.getProps().getHeaders().forEach((key, value) -> headers.add(header(key, value)));
        return Message.of(Bytes.wrap(got.getBody())).withHeaders(Headers.of(headers));
    }

    private static Header header(String key, Object value) {
        return value instanceof LongString text
                ? Header.of(key, text.toString())
                : Header.of(key, Bytes.wrap((byte[]) value));
    }

    @Override
    public void close() {
        proxy.heal();
        proxy.close();
        connection.abort(2000);
    }
}
