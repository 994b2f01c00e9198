package io.wasmpipes.adapter.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.datatypes.MqttTopic;
import com.hivemq.client.mqtt.datatypes.MqttTopicFilter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import io.wasmpipes.Tls;
import io.wasmpipes.Variables;
import java.time.Duration;
import java.util.Objects;

/**
 * What an endpoint of scheme mqtt or mqtts says.
 *
 * @param topic where a sink publishes; a source's filter
 * @param clientId empty if the server is to choose one
 */
record MqttSettings(
        Server server, String topic, int version, MqttQos qos, String clientId, Reading reading, boolean retain) {
    static final int NEWEST = 5;

    private static final int OLDEST = 3;
    private static final int PLAIN_PORT = 1883;
    private static final int TLS_PORT = 8883;
    private static final int MAX_RECEIVE = 65_535;
    private static final int RECEIVE = 256;
    private static final Duration EXPIRY = Duration.ofDays(1);

    /** Where it is and how to log in; user and password are read again at every connect. */
    record Server(String host, int port, boolean tls, Variables variables) {
        @Override
        public String toString() {
            return (tls ? "mqtts://" : "mqtt://") + host + ":" + port;
        }
    }

    /**
     * Options of a source.
     *
     * @param clean whether the server forgets the session, and what waits in it, when the connection ends
     * @param expiry how long it remembers it otherwise
     * @param share the group that shares the messages, empty for none
     * @param receiveMaximum most messages that are not acknowledged
     */
    record Reading(boolean clean, Duration expiry, String share, int receiveMaximum) {}

    /** As these, for a server that has sent more than it was told to: with twice the receive maximum. */
    MqttSettings wider() {
        int wide = Math.min(2 * reading.receiveMaximum(), MAX_RECEIVE);
        Reading more = new Reading(reading.clean(), reading.expiry(), reading.share(), wide);
        return new MqttSettings(server, topic, version, qos, clientId, more, retain);
    }

    /** Reads {@code endpoint}; what is wrong goes to the problems. {@code pipe} names a source's client by default. */
    static MqttSettings parse(Endpoint endpoint, String pipe, Problems problems) {
        Options options = new Options(endpoint, problems);
        boolean source = endpoint.role() == Endpoint.Role.SOURCE;
        boolean tls = endpoint.scheme().equals("mqtts");
        if (endpoint.host().isEmpty() || !endpoint.userInfo().isEmpty()) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "must be " + endpoint.scheme() + "://host:port/topic, without a login",
                    "user and password belong into MQTT_USER and MQTT_PASSWORD");
        }
        String topic = options.text("topic", endpoint.path().replaceFirst("^/", ""));
        checkTopic(endpoint, topic, source, problems);
        int port = endpoint.port() >= 0 ? endpoint.port() : tls ? TLS_PORT : PLAIN_PORT;
        int version = options.integer("version", NEWEST, OLDEST, NEWEST);
        if (version == OLDEST + 1) {
            options.wrong("version", "4", "must be 5, or 3 for 3.1.1");
        }
        MqttQos qos = Objects.requireNonNull(MqttQos.fromCode(options.integer("qos", 1, 0, 2)));
        String clientId = options.text("client_id", source ? "wasm-pipes-" + pipe : "");
        Reading reading = source ? reading(options) : new Reading(true, Duration.ZERO, "", RECEIVE);
        boolean retain = !source && options.flag("retain", false);
        options.rejectUnknown();
        checkVariables(endpoint.variables(), tls, problems);
        Server server = new Server(endpoint.host().replaceAll("[\\[\\]]", ""), port, tls, endpoint.variables());
        return new MqttSettings(server, topic, version, qos, clientId, reading, retain);
    }

    private static Reading reading(Options options) {
        String share = options.text("share", "");
        if (share.matches(".*[/+#].*")) {
            options.wrong("share", share, "must be a name without / + #");
        }
        return new Reading(
                options.flag("clean", false),
                options.duration("session_expiry", EXPIRY),
                share,
                options.integer("receive_maximum", RECEIVE, 1, MAX_RECEIVE));
    }

    private static void checkTopic(Endpoint endpoint, String topic, boolean source, Problems problems) {
        try {
            if (source) {
                MqttTopicFilter.of(topic);
            } else {
                MqttTopic.of(topic);
            }
        } catch (IllegalArgumentException e) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    source ? "must name a topic or a filter" : "must name one topic, without + and #",
                    "for instance " + endpoint.scheme() + "://localhost/plant/1/temperature");
        }
    }

    private static void checkVariables(Variables variables, boolean tls, Problems problems) {
        if (variables.get("MQTT_PASSWORD").isPresent()
                && variables.get("MQTT_USER").isEmpty()) {
            problems.add(variables.nameOf("MQTT_PASSWORD"), "", "needs MQTT_USER beside it", "");
        }
        if (tls) {
            try {
                Tls.read(variables);
            } catch (ConfigException e) {
                problems.addAll(e.problems());
            }
        }
    }

    /** Whether the server keeps for us what we have not acknowledged. */
    boolean redelivers() {
        return qos != MqttQos.AT_MOST_ONCE
                && !reading.clean()
                && !reading.expiry().isZero();
    }

    boolean ordered() {
        return reading.share().isEmpty();
    }

    /** The filter to subscribe to. */
    String filter() {
        return reading.share().isEmpty() ? topic : "$share/" + reading.share() + "/" + topic;
    }
}
