package io.wasmpipes.adapter.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientBuilder;
import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfigBuilder;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Link;
import io.wasmpipes.Tls;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One connection, from its start to its end: the client repairs nothing by itself. Any thread. */
final class Session implements Link.Session {
    static final int KEEP_ALIVE_SECONDS = 10;

    private static final int STEP_SECONDS = 4;
    private static final int CLOSING_SECONDS = 2;

    private final MqttSettings settings;
    private final Protocol protocol;
    private final AtomicReference<@Nullable TransientException> end = new AtomicReference<>();
    private volatile @Nullable Receiver receiver;
    private volatile long largest;

    private Session(MqttSettings settings) throws ConfigException {
        this.settings = settings;
        this.protocol = build();
    }

    /** What a source hears of its session, on the client's threads. */
    interface Receiver {
        void arrived(Session from, Protocol.Arrived arrived);

        /** The session is about to end because the server sent more than the receive maximum. */
        void overrun();

        void ended();
    }

    /** Connects, and subscribes if there is a receiver. */
    static Session open(MqttSettings settings, @Nullable Receiver receiver)
            throws TransientException, InterruptedException {
        Session session;
        try {
            session = new Session(settings);
        } catch (ConfigException e) { // a file that has become unreadable: it may be on its way
            throw TransientException.outage("no login for " + settings.server(), e);
        }
        session.receiver = receiver;
        boolean done = false;
        try {
            if (receiver != null) {
                session.protocol.onArrival(arrived -> receiver.arrived(session, arrived));
            }
            session.largest = session.await(session.protocol.connect());
            if (receiver != null) {
                session.await(session.protocol.subscribe());
            }
            done = true;
            return session;
        } finally {
            if (!done) {
                session.end(TransientException.outage(settings.server() + " does not answer"));
            }
        }
    }

    private <T> T await(CompletableFuture<T> step) throws TransientException, InterruptedException {
        try {
            return step.get(STEP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw Failures.ofConnection(settings.server(), e);
        } catch (TimeoutException e) {
            throw TransientException.outage(settings.server() + " does not answer");
        }
    }

    private Protocol build() throws ConfigException {
        MqttSettings.Server server = settings.server();
        MqttClientTransportConfigBuilder transport = MqttClientTransportConfig.builder()
                .serverHost(server.host())
                .serverPort(server.port())
                .socketConnectTimeout(STEP_SECONDS, TimeUnit.SECONDS)
                .mqttConnectTimeout(STEP_SECONDS, TimeUnit.SECONDS);
        if (server.tls()) {
            Optional<Tls> tls = Tls.read(server.variables());
            transport = transport
                    .sslConfig()
                    .keyManagerFactory(tls.map(Tls::keys).orElse(null))
                    .trustManagerFactory(tls.map(Tls::trust).orElse(null))
                    .applySslConfig();
        }
        MqttClientBuilder builder =
                MqttClient.builder().transportConfig(transport.build()).addDisconnectedListener(this::disconnected);
        if (!settings.clientId().isEmpty()) {
            builder = builder.identifier(settings.clientId());
        }
        return settings.version() == MqttSettings.NEWEST ? five(builder) : three(builder);
    }

    private Protocol five(MqttClientBuilder builder) {
        Variables variables = settings.server().variables();
        Mqtt5ClientBuilder five = builder.useMqttVersion5();
        Optional<String> user = variables.get("MQTT_USER");
        if (user.isPresent()) {
            five = five.simpleAuth()
                    .username(user.get())
                    .password(password(variables))
                    .applySimpleAuth();
        }
        return new V5(settings, five.buildAsync());
    }

    private Protocol three(MqttClientBuilder builder) {
        Variables variables = settings.server().variables();
        Mqtt3ClientBuilder three = builder.useMqttVersion3();
        Optional<String> user = variables.get("MQTT_USER");
        if (user.isPresent()) {
            three = three.simpleAuth()
                    .username(user.get())
                    .password(password(variables))
                    .applySimpleAuth();
        }
        return new V3(settings, three.buildAsync());
    }

    private static byte[] password(Variables variables) {
        return variables.get("MQTT_PASSWORD").orElse("").getBytes(StandardCharsets.UTF_8);
    }

    private void disconnected(MqttClientDisconnectedContext context) {
        Receiver hears = receiver;
        if (hears != null && Failures.isOverrun(context.getCause())) {
            hears.overrun();
        }
        end.compareAndSet(null, Failures.ofConnection(settings.server(), context.getCause()));
        tellEnd();
    }

    Protocol protocol() {
        return protocol;
    }

    /** The largest packet that the server takes, 0 if it does not say. */
    long largest() {
        return largest;
    }

    @Override
    public boolean alive() {
        return end.get() == null;
    }

    /** Why it has ended, for people. */
    TransientException why() {
        TransientException known = end.get();
        return known == null ? TransientException.outage("the connection to " + settings.server() + " is lost") : known;
    }

    private void tellEnd() {
        Receiver hears = receiver;
        if (hears != null) {
            hears.ended();
        }
    }

    /** Ends it without waiting for anything; the first reason counts. */
    void end(TransientException why) {
        end.compareAndSet(null, why);
        var _ = protocol.disconnect();
        tellEnd();
    }

    @Override
    public void close() {
        boolean first = end.compareAndSet(
                null, TransientException.outage("the connection to " + settings.server() + " is closed"));
        try {
            if (first) {
                protocol.flush().get(CLOSING_SECONDS, TimeUnit.SECONDS);
            }
            protocol.disconnect().get(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // it has ended already, or does not answer: gone is what it should be
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tellEnd();
    }
}
