package io.wasmpipes.adapter.rabbit;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an endpoint of scheme rabbit says.
 *
 * @param name the queue of a source, the exchange of a sink
 */
record RabbitSettings(Server server, String name, Reading reading, Writing writing) {
    /** The longest short string of AMQP, in bytes: names, routing keys, message ids. */
    static final int SHORT = 255;

    private static final String MESSAGE_ID = "message_id";
    private static final int MAX_PREFETCH = 65_535;
    private static final Duration CONSUMER_TIMEOUT = Duration.ofMinutes(30);
    private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(1);

    /**
     * Options of a source.
     *
     * @param prefetch a cap, 0 for none
     * @param ordered whether what is handed back must come before what is behind it
     * @param deadLetters whether the queue has a dead-letter exchange
     * @param ids whether message_id names a message
     * @param deliveryLimit of a quorum queue, -1 for none; absent for classic queues
     * @param consumerTimeout after which the server closes the channel of an unacknowledged delivery
     */
    record Reading(
            int prefetch,
            boolean ordered,
            boolean deadLetters,
            boolean ids,
            OptionalInt deliveryLimit,
            Duration consumerTimeout) {}

    /**
     * Options of a sink.
     *
     * @param keyName the header whose value is the routing key, empty for none
     * @param routingKey where there is no such header
     * @param maxMessageSize what the server takes, 0 if it is not known
     */
    record Writing(String keyName, String routingKey, long maxMessageSize) {}

    /** Reads {@code endpoint}; what is wrong goes to the problems. */
    static RabbitSettings parse(Endpoint endpoint, Problems problems) {
        Options options = new Options(endpoint, problems);
        boolean source = endpoint.role() == Endpoint.Role.SOURCE;
        checkName(endpoint, source, problems);
        Reading reading =
                source ? reading(options) : new Reading(0, true, false, false, OptionalInt.empty(), CONSUMER_TIMEOUT);
        Writing writing = source ? new Writing("", "", 0) : writing(options);
        options.rejectUnknown();
        return new RabbitSettings(Server.of(endpoint.variables(), problems), endpoint.name(), reading, writing);
    }

    private static void checkName(Endpoint endpoint, boolean source, Problems problems) {
        if (endpoint.port() >= 0 || !endpoint.userInfo().isEmpty()) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "names " + (source ? "a queue" : "an exchange") + ", not a server",
                    "the server belongs into RABBIT_SERVER_URL; a colon in a name is written %3A");
        }
        int length = bytes(endpoint.name());
        if ((source && length == 0) || length > SHORT) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "must name " + (source ? "a queue" : "an exchange") + " of at most " + SHORT + " bytes",
                    "for instance rabbit://orders");
        }
    }

    private static Reading reading(Options options) {
        Duration timeout = options.duration("consumer_timeout", CONSUMER_TIMEOUT);
        if (timeout.compareTo(LEAST_TIMEOUT) < 0) {
            options.wrong("consumer_timeout", options.text("consumer_timeout", ""), "must be at least 1s");
        }
        String id = options.text("id", "");
        if (!id.isEmpty() && !id.equals(MESSAGE_ID)) {
            options.wrong("id", id, "must be " + MESSAGE_ID + " where it is given");
        }
        OptionalInt limit = options.text("delivery_limit").isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(options.integer("delivery_limit", -1, -1, Integer.MAX_VALUE - 1));
        return new Reading(
                options.integer("prefetch_count", 0, 0, MAX_PREFETCH),
                options.flag("ordered", true),
                options.flag("dlx", false),
                id.equals(MESSAGE_ID),
                limit,
                timeout);
    }

    private static Writing writing(Options options) {
        Optional<String> keyName = options.text("key_name");
        if (keyName.isPresent() && keyName.get().isEmpty()) {
            options.wrong("key_name", "", "must name a header");
        }
        String routingKey = options.text("routing_key", "");
        if (bytes(routingKey) > SHORT) {
            options.wrong("routing_key", routingKey, "must be of at most " + SHORT + " bytes");
        }
        return new Writing(keyName.orElse(""), routingKey, options.size("max_message_size", 0));
    }

    /** How many bytes {@code text} is on the wire. */
    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** How long a delivery may stay unsettled: a tenth less than what makes the server close the channel. */
    Duration keep(Limits limits) {
        Duration most = reading.consumerTimeout().multipliedBy(9).dividedBy(10);
        return most.compareTo(limits.leaseMax()) < 0 ? most : limits.leaseMax();
    }
}
