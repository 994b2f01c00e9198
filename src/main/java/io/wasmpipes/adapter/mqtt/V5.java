package io.wasmpipes.adapter.mqtt;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.datatypes.MqttUtf8String;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserPropertiesBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** MQTT 5: headers are user properties, {@code Content-Type} is the content type. */
final class V5 implements Protocol {
    private static final String CONTENT_TYPE = "Content-Type";
    private static final int SEVEN_BITS = 7;

    private final MqttSettings settings;
    private final Mqtt5AsyncClient client;

    V5(MqttSettings settings, Mqtt5AsyncClient client) {
        this.settings = settings;
        this.client = client;
    }

    @Override
    public void onArrival(Consumer<Arrived> receiver) {
        client.publishes(
                MqttGlobalPublishFilter.ALL,
                publish -> receiver.accept(
                        new Arrived(unpack(publish), publish::acknowledge, publish.getQos() != MqttQos.AT_MOST_ONCE)),
                true);
    }

    private static Message unpack(Mqtt5Publish publish) {
        return Message.of(Bytes.wrap(publish.getPayloadAsBytes()))
                .withHeaders(Headers.lazy(() -> headers(publish)))
                .withKey(publish.getTopic().toString());
    }

    private static List<Header> headers(Mqtt5Publish publish) {
        List<Header> headers = new ArrayList<>();
        Optional<MqttUtf8String> type = publish.getContentType();
        type.ifPresent(text -> headers.add(Header.of(CONTENT_TYPE, text.toString())));
        publish.getUserProperties().asList().stream()
                .map(p -> Header.of(p.getName().toString(), p.getValue().toString()))
                .filter(header -> type.isEmpty() || !isContentType(header))
                .forEach(headers::add);
        return headers;
    }

    private static boolean isContentType(Header header) {
        return header.name().equalsIgnoreCase(CONTENT_TYPE);
    }

    @Override
    public CompletableFuture<Integer> connect() {
        MqttSettings.Reading reading = settings.reading();
        return client.connectWith()
                .cleanStart(reading.clean())
                .sessionExpiryInterval(
                        reading.clean() ? 0 : Math.min(reading.expiry().toSeconds(), 0xffff_ffffL))
                .keepAlive(Session.KEEP_ALIVE_SECONDS)
                .restrictions()
                .receiveMaximum(reading.receiveMaximum())
                .sendTopicAliasMaximum(0) // packets are as large as they are
                .applyRestrictions()
                .send()
                .thenApply(ack -> ack.getRestrictions().getMaximumPacketSize());
    }

    @Override
    public CompletableFuture<?> subscribe() {
        return client.subscribeWith()
                .topicFilter(settings.filter())
                .qos(settings.qos())
                .send();
    }

    @Override
    public CompletableFuture<?> publish(Message message) throws PoisonException {
        Mqtt5Publish packet;
        try {
            packet = pack(message);
        } catch (IllegalArgumentException e) {
            throw new PoisonException("a header is none that MQTT can carry: " + e.getMessage());
        }
        return client.publish(packet).thenApply(result -> {
            result.getError().ifPresent(Failures::rethrow);
            return result;
        });
    }

    private Mqtt5Publish pack(Message message) throws PoisonException {
        Mqtt5UserPropertiesBuilder properties = Mqtt5UserProperties.builder();
        for (Header header : message.headers()) {
            MqttUtf8String name = text("name", header.name());
            MqttUtf8String value = text("value", header.text());
            if (!isContentType(header)) {
                properties = properties.add(name, value);
            }
        }
        Mqtt5PublishBuilder.Complete packet = Mqtt5Publish.builder()
                .topic(settings.topic())
                .qos(settings.qos())
                .retain(settings.retain())
                .payload(message.body().asBuffer())
                .userProperties(properties.build());
        Optional<String> type = message.headers().first(CONTENT_TYPE);
        return type.isEmpty() ? packet.build() : packet.contentType(type.get()).build();
    }

    /** Servers may hang up on control characters. */
    private static MqttUtf8String text(String what, String text) throws PoisonException {
        MqttUtf8String string = MqttUtf8String.of(text);
        if (string.containsShouldNotCharacters()) {
            throw new PoisonException("a header " + what + " of " + text.length()
                    + " characters holds control characters, which MQTT does not carry; choose headers with headers=");
        }
        return string;
    }

    @Override
    public long overhead(Message message) {
        long properties = message.headers()
                .first(CONTENT_TYPE)
                .map(type -> 1 + text(type))
                .orElse(0L);
        for (Header header : message.headers()) {
            properties += isContentType(header) ? 0 : 1 + text(header.name()) + text(header.text());
        }
        long packetId = settings.qos() == MqttQos.AT_MOST_ONCE ? 0 : 2;
        long variable = text(settings.topic()) + packetId + digits(properties) + properties;
        return 1 + digits(variable + message.body().length()) + variable;
    }

    private static long text(String text) {
        return 2L + text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Bytes of a variable byte integer. */
    private static long digits(long number) {
        long count = 1;
        for (long rest = number >>> SEVEN_BITS; rest > 0; rest >>>= SEVEN_BITS) {
            count++;
        }
        return count;
    }

    @Override
    public CompletableFuture<?> flush() {
        return client.unsubscribeWith().topicFilter(NOBODY).send();
    }

    @Override
    public CompletableFuture<?> disconnect() {
        return client.disconnect();
    }
}
