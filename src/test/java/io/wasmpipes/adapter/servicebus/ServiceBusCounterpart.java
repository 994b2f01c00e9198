package io.wasmpipes.adapter.servicebus;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusMessageBatch;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
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
import io.wasmpipes.support.ServiceBusFake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Data;

/**
 * A queue of the fake: the adapter behind a proxy on one side; on the other Azure's own client, which feeds sources, and the
 * AMQP messages that the fake has got.
 */
final class ServiceBusCounterpart implements Counterpart.ForSource, Counterpart.ForSink {
    static final String KEY = "c2VjcmV0LXdvcmQ=";

    private static final Duration LOCK = Duration.ofSeconds(2);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final ServiceBusFake fake;
    private final FaultProxy proxy;
    private final ServiceBusSenderClient raw;
    private final String queue = "q" + NUMBER.incrementAndGet();
    private final boolean sessions;

    ServiceBusCounterpart(ServiceBusFake fake, boolean sessions) {
        this.fake = fake;
        this.sessions = sessions;
        this.proxy = FaultProxy.before(fake.port());
        if (sessions) {
            fake.sessionQueue(queue, LOCK);
        } else {
            fake.queue(queue, LOCK);
        }
        this.raw = new ServiceBusClientBuilder()
                .connectionString(ServiceBusFake.connectionString(fake.port(), KEY))
                .sender()
                .queueName(queue)
                .buildClient();
    }

    @Override
    public Adapter adapter() {
        return new ServiceBusAdapter();
    }

    @Override
    public String uri() {
        return "azuresb://" + queue + (sessions ? "?sessions=true" : "");
    }

    @Override
    public Variables variables() {
        return at(proxy.port());
    }

    private static Variables at(int port) {
        return Counterpart.variables(
                Map.of("SERVICEBUS_CONNECTION_STRING", ServiceBusFake.connectionString(port, KEY)));
    }

    @Override
    public Optional<Absent> absent() {
        return Optional.of(new Absent(uri(), at(Ports.free())));
    }

    @Override
    public String secret() {
        return KEY;
    }

    @Override
    public long largest() {
        return sessions ? 257_900 : 257_973; // of the 256 KiB the client keeps 4 KiB to itself
    }

    /** A fake that is killed has nothing left: what a restart is to it, is to be away for a while. */
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

            @Override
            public void restart() throws Exception {
                proxy.refuse();
                healed();
            }
        });
    }

    /** The port may take a moment to be free again. */
    private void healed() throws InterruptedException {
        Await.until("the proxy listens again", () -> {
            proxy.heal();
            return true;
        });
    }

    @Override
    public Duration lease() {
        return LOCK;
    }

    @Override
    public void put(List<Message> messages) {
        for (Message message : messages) {
            ServiceBusMessage packed =
                    new ServiceBusMessage(BinaryData.fromBytes(message.body().toArray()));
            for (Header header : message.headers()) {
                packed.getApplicationProperties().put(header.name(), header.text());
            }
            if (message.key() != null) {
                packed.setSessionId(message.key());
            } else if (sessions) {
                packed.setSessionId("s");
            }
            ServiceBusMessageBatch batch = raw.createMessageBatch(); // sendMessage() loses what is a little too large
            assertThat(batch.tryAddMessage(packed)).isTrue();
            raw.sendMessages(batch);
        }
    }

    @Override
    public List<Message> arrived(int count) throws Exception {
        Await.until(count + " messages arrive", () -> fake.sent(queue).size() >= count);
        return fake.sent(queue).stream().map(ServiceBusCounterpart::message).toList();
    }

    private static Message message(org.apache.qpid.proton.message.Message packed) {
        Binary body = ((Data) packed.getBody()).getValue();
        List<Header> headers = new ArrayList<>();
        if (packed.getApplicationProperties() != null) {
            packed.getApplicationProperties()
                    .getValue()
                    .forEach((name, value) -> headers.add(Header.of(name, (String) value)));
        }
        return Message.of(Bytes.wrap(body.getArray(), body.getArrayOffset(), body.getLength()))
                .withHeaders(Headers.of(headers))
                .withKey(packed.getGroupId());
    }

    @Override
    public void close() {
        proxy.heal();
        proxy.close();
        raw.close();
    }
}
