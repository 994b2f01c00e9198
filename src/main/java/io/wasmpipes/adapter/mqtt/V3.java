package io.wasmpipes.adapter.mqtt;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import io.wasmpipes.Bytes;
import io.wasmpipes.Message;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** MQTT 3.1.1: bodies only. */
final class V3 implements Protocol {
    private final MqttSettings settings;
    private final Mqtt3AsyncClient client;

    V3(MqttSettings settings, Mqtt3AsyncClient client) {
        this.settings = settings;
        this.client = client;
    }

    @Override
    public void onArrival(Consumer<Arrived> receiver) {
        client.publishes(
                MqttGlobalPublishFilter.ALL,
                publish -> receiver.accept(new Arrived(
                        Message.of(Bytes.wrap(publish.getPayloadAsBytes()))
                                .withKey(publish.getTopic().toString()),
                        publish::acknowledge,
                        publish.getQos() != MqttQos.AT_MOST_ONCE)),
                true);
    }

    @Override
    public CompletableFuture<Integer> connect() {
        return client.connectWith()
                .cleanSession(settings.reading().clean())
                .keepAlive(Session.KEEP_ALIVE_SECONDS)
                .send()
                .thenApply(_ -> 0);
    }

    @Override
    public CompletableFuture<?> subscribe() {
        return client.subscribeWith()
                .topicFilter(settings.filter())
                .qos(settings.qos())
                .send();
    }

    @Override
    public CompletableFuture<?> publish(Message message) {
        return client.publish(Mqtt3Publish.builder()
                .topic(settings.topic())
                .qos(settings.qos())
                .retain(settings.retain())
                .payload(message.body().asBuffer())
                .build());
    }

    @Override
    public long overhead(Message message) {
        return 0;
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
