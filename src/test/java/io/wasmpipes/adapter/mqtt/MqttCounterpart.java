package io.wasmpipes.adapter.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserPropertiesBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import io.wasmpipes.Adapter;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Mosquitto;
import io.wasmpipes.support.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A topic of a real server: the adapter behind a proxy on one side, HiveMQ's client itself on the other. */
final class MqttCounterpart implements Counterpart.ForSource, Counterpart.ForSink {
    /** max_packet_size of the server. */
    static final int PACKET = 1 << 20;

    private static final AtomicInteger NUMBER = new AtomicInteger(1000);
    private static final String SECRET = "s3cr3t-word";

    private final Mosquitto server;
    private final FaultProxy proxy;
    private final String options;
    private final boolean listening;
    private final String topic = "c/" + NUMBER.incrementAndGet();
    private final List<Message> arrived = new CopyOnWriteArrayList<>();
    private Mqtt5BlockingClient raw;

    /** {@code listening} for the other side of a sink. */
    MqttCounterpart(Mosquitto server, boolean listening, String options) {
        this.server = server;
        this.listening = listening;
        this.options = options;
        this.proxy = FaultProxy.before(server.port());
        connect();
    }

    private void connect() {
        raw = client(server);
        raw.toAsync().publishes(MqttGlobalPublishFilter.ALL, publish -> arrived.add(message(publish)));
        raw.connectWith()
                .restrictions()
                .sendTopicAliasMaximum(0)
                .applyRestrictions()
                .send();
        if (listening) {
            raw.subscribeWith().topicFilter(topic).qos(MqttQos.AT_LEAST_ONCE).send();
        }
    }

    static Mqtt5BlockingClient client(Mosquitto server) {
        return MqttClient.builder()
                .useMqttVersion5()
                .serverHost("127.0.0.1")
                .serverPort(server.port())
                .buildBlocking();
    }

    @Override
    public Adapter adapter() {
        return new MqttAdapter();
    }

    @Override
    public String uri() {
        return "mqtt://127.0.0.1:" + proxy.port() + "/" + topic + (listening ? "?" : "?client_id=" + topic + "&")
                + options;
    }

    @Override
    public Optional<Absent> absent() {
        Variables variables = Counterpart.variables(Map.of("MQTT_USER", "me", "MQTT_PASSWORD", SECRET));
        return Optional.of(new Absent("mqtt://127.0.0.1:" + Ports.free() + "/" + topic + "?" + options, variables));
    }

    @Override
    public String secret() {
        return SECRET;
    }

    /** One byte and three of length, two and the topic, two of the packet's number, one of no properties. */
    @Override
    public long largest() {
        return (long) PACKET - 4 - 2 - topic.length() - 2 - 1;
    }

    @Override
    public Set<String> cannotCarry() {
        return Set.of("x-lines");
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

            // In order: mosquitto acknowledges before it writes, so that kill -9 can lose what nobody promised.
            @Override
            public void restart() {
                server.stop();
                server.restart();
                connect();
            }
        });
    }

    @Override
    public void put(List<Message> messages) {
        for (Message message : messages) {
            Mqtt5UserPropertiesBuilder properties = Mqtt5UserProperties.builder();
            Mqtt5PublishBuilder.Complete packet = Mqtt5Publish.builder()
                    .topic(topic)
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload(message.body().toArray());
            for (Header header : message.headers()) {
                if (header.name().equals("Content-Type")) {
                    packet = packet.contentType(header.text());
                } else {
                    properties = properties.add(header.name(), header.text());
                }
            }
            raw.publish(packet.userProperties(properties.build()).build());
        }
    }

    @Override
    public List<Message> arrived(int count) throws Exception {
        Await.until(count + " messages arrive", () -> arrived.size() >= count);
        return arrived;
    }

    private static Message message(Mqtt5Publish publish) {
        List<Header> headers = new ArrayList<>();
        publish.getContentType().ifPresent(type -> headers.add(Header.of("Content-Type", type.toString())));
        publish.getUserProperties()
                .asList()
                .forEach(p -> headers.add(
                        Header.of(p.getName().toString(), p.getValue().toString())));
        return Message.of(Bytes.wrap(publish.getPayloadAsBytes())).withHeaders(Headers.of(headers));
    }

    @Override
    public void close() {
        proxy.heal();
        proxy.close();
        var _ = raw.toAsync().disconnect();
    }
}
