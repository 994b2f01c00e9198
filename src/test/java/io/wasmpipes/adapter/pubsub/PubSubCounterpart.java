package io.wasmpipes.adapter.pubsub;

import com.google.protobuf.ByteString;
import com.google.pubsub.v1.DeadLetterPolicy;
import com.google.pubsub.v1.PublishRequest;
import com.google.pubsub.v1.PublisherGrpc;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.Subscription;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.wasmpipes.Adapter;
import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.ProxyFaults;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A topic and a subscription of the fake: the adapter behind a proxy on one side, Google's generated stub on the other. */
final class PubSubCounterpart implements Counterpart.ForSource, Counterpart.ForSink {
    private static final int MAX_ATTEMPTS = 5;

    private final PubSubFake fake = PubSubFake.one();
    private final FaultProxy proxy = FaultProxy.before(fake.port());
    private final ManagedChannel channel = ManagedChannelBuilder.forTarget("127.0.0.1:" + fake.port())
            .usePlaintext()
            .build();
    private final boolean source;
    private final String name = "n" + fake.store().fresh();
    private final String topic = "projects/p/topics/" + name;

    PubSubCounterpart(boolean source) {
        this.source = source;
        fake.store().createTopic(topic);
        fake.store()
                .createSubscription(Subscription.newBuilder()
                        .setName("projects/p/subscriptions/" + name)
                        .setTopic(topic)
                        .setAckDeadlineSeconds(2)
                        .setDeadLetterPolicy(DeadLetterPolicy.newBuilder()
                                .setDeadLetterTopic(topic + "-dead")
                                .setMaxDeliveryAttempts(MAX_ATTEMPTS))
                        .build());
    }

    @Override
    public Adapter adapter() {
        return new PubSubAdapter();
    }

    @Override
    public String uri() {
        return source ? "gcppubsub://p/" + name : "gcppubsub://projects/p/topics/" + name;
    }

    @Override
    public Variables variables() {
        return Counterpart.variables(Map.of("PUBSUB_EMULATOR_HOST", "127.0.0.1:" + proxy.port()));
    }

    @Override
    public Optional<Absent> absent() {
        return Optional.of(
                new Absent(uri(), Counterpart.variables(Map.of("PUBSUB_EMULATOR_HOST", "127.0.0.1:" + Ports.free()))));
    }

    @Override
    public Optional<Faults> faults() {
        return Optional.of(new ProxyFaults(proxy));
    }

    @Override
    public long largest() {
        int size = 9_000_000;
        int request = PublishRequest.newBuilder()
                .setTopic(topic)
                .addMessages(PubsubMessage.newBuilder().setData(ByteString.copyFrom(new byte[size])))
                .build()
                .getSerializedSize();
        return 10_000_000L - (request - size);
    }

    @Override
    public Duration lease() {
        return Duration.ofSeconds(2);
    }

    @Override
    public int rejections() {
        return MAX_ATTEMPTS;
    }

    @Override
    public void put(List<Message> messages) {
        for (Message message : messages) {
            PubsubMessage.Builder packet = PubsubMessage.newBuilder()
                    .setData(ByteString.copyFrom(message.body().toArray()));
            message.headers().forEach(header -> packet.putAttributes(header.name(), header.text()));
            String key = message.key();
            if (key != null) {
                packet.setOrderingKey(key);
            }
            if (message.body().isEmpty() && message.headers().isEmpty()) {
                packet.putAttributes("wasmpipes-empty", "true");
            }
            String _ = PublisherGrpc.newBlockingStub(channel)
                    .publish(PublishRequest.newBuilder()
                            .setTopic(topic)
                            .addMessages(packet)
                            .build())
                    .getMessageIds(0);
        }
    }

    @Override
    public List<Message> arrived(int count) throws Exception {
        Await.until(
                count + " messages arrive", () -> fake.store().published(topic).size() >= count);
        List<Message> all = new ArrayList<>();
        for (PubsubMessage packet : fake.store().published(topic)) {
            List<Header> headers = new ArrayList<>();
            packet.getAttributesMap().forEach((key, value) -> headers.add(Header.of(key, value)));
            all.add(Message.of(Bytes.wrap(packet.getData().toByteArray()))
                    .withHeaders(Headers.of(headers))
                    .withKey(packet.getOrderingKey().isEmpty() ? null : packet.getOrderingKey()));
        }
        return all;
    }

    @Override
    public void close() {
        proxy.heal();
        proxy.close();
        channel.shutdownNow();
    }
}
