package io.wasmpipes.adapter.servicebus;

import com.azure.messaging.servicebus.ServiceBusConnectionStringProperties;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import io.wasmpipes.Variables;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an endpoint of scheme azuresb says.
 *
 * @param entity the queue or topic
 * @param subscription of a source on a topic, empty for a queue
 * @param listen how long one receive waits at most
 * @param batch how many messages are asked for at most
 * @param sessions of a source: how many sessions at a time, 0 where the entity has none
 */
record ServiceBusSettings(
        String entity, String subscription, Duration listen, int batch, int sessions, Variables variables) {
    static final String CONNECTION_STRING = "SERVICEBUS_CONNECTION_STRING";
    static final String HOSTNAME = "AZURE_SERVICEBUS_HOSTNAME";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._~/-]*[A-Za-z0-9_])?");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?");
    private static final Duration LISTEN = Duration.ofSeconds(2);

    /** A message is expected to be as large as the largest so far, and no smaller than the service's usual limit. */
    static final long EXPECTED = 256 << 10;

    private static final int SESSIONS = 8;

    /** From 256 on the client's link overflows. */
    private static final int MOST = 250;

    /** Reads {@code endpoint}; what is wrong goes to the problems. */
    static ServiceBusSettings parse(Endpoint endpoint, Problems problems) {
        Options options = new Options(endpoint, problems);
        boolean source = endpoint.role() == Endpoint.Role.SOURCE;
        String entity = endpoint.name();
        if (!NAME.matcher(entity).matches()
                || endpoint.port() >= 0
                || !endpoint.userInfo().isEmpty()) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "must name a queue or topic",
                    "the namespace belongs into " + CONNECTION_STRING + " or " + HOSTNAME);
        }
        String subscription = source ? options.text("subscription", "") : "";
        if (source
                && options.text("subscription").isPresent()
                && !NAME.matcher(subscription).matches()) {
            options.wrong("subscription", subscription, "must name a subscription");
        }
        Duration listen = source ? options.duration("listener_timeout", LISTEN) : LISTEN;
        int batch = source ? options.integer("max_recv_batch_size", MOST, 1, MOST) : MOST;
        boolean sessions = source && options.flag("sessions", false);
        int most = source ? options.integer("max_sessions", SESSIONS, 1, MOST) : 0;
        checkLogin(endpoint.variables(), problems);
        options.rejectUnknown();
        return new ServiceBusSettings(entity, subscription, listen, batch, sessions ? most : 0, endpoint.variables());
    }

    private static void checkLogin(Variables variables, Problems problems) {
        Optional<String> connection = variables.get(CONNECTION_STRING);
        Optional<String> host = variables.get(HOSTNAME);
        if (connection.isPresent()) {
            try {
                ServiceBusConnectionStringProperties.parse(connection.get());
            } catch (IllegalArgumentException e) { // its text may hold the secret
                problems.add(
                        variables.nameOf(CONNECTION_STRING),
                        "***",
                        "must be a connection string of a namespace",
                        "Endpoint=sb://name.servicebus.windows.net/;SharedAccessKeyName=…;SharedAccessKey=…");
            }
        } else if (host.isEmpty()) {
            problems.add(
                    variables.nameOf(CONNECTION_STRING),
                    "",
                    "is required, or " + HOSTNAME,
                    "for instance " + HOSTNAME + "=name.servicebus.windows.net");
        } else if (!HOST.matcher(host.get()).matches()) {
            problems.add(variables.nameOf(HOSTNAME), host.get(), "must be a host name", "name.servicebus.windows.net");
        }
    }

    /** How many messages to ask for, the largest so far being of {@code largest} bytes: at least one. */
    int count(Demand demand, long largest) {
        long fit = Math.max(1, demand.bytes() / largest);
        return (int) Math.min(Math.min(demand.messages(), batch), fit);
    }

    /** The entity as people know it. */
    @Override
    public String toString() {
        return "Service Bus " + entity + (subscription.isEmpty() ? "" : "/" + subscription);
    }
}
