package io.wasmpipes.adapter.redis;

import io.wasmpipes.ConfigException;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import io.wasmpipes.Tls;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint of scheme redis or rediss says.
 *
 * @param create whether a missing stream and group are made
 * @param body the field that holds the body
 * @param maxLength of a sink: about how many entries the stream keeps, 0 for all
 * @param durable of a sink: whether the server must write to disk before it answers
 * @param reading null for a sink
 */
record RedisSettings(
        Endpoint endpoint,
        Place place,
        boolean create,
        String body,
        int maxLength,
        boolean durable,
        @Nullable Reading reading) {
    /** A stream in a database. */
    record Place(String stream, int database) {}

    /**
     * How a source reads.
     *
     * @param consumer empty for a name of its own that ends with the process
     * @param idle the lease: an entry that nobody has kept alive for so long may be taken over
     * @param oldest whether a new group begins with what is there
     * @param ordered whether an entry that is handed back holds up the later ones
     */
    record Reading(String group, String consumer, boolean ownName, Duration idle, boolean oldest, boolean ordered) {
        /** With a consumer name: as given, or one that no other process has. */
        Reading named(String pipe) {
            String name = consumer.isEmpty()
                    ? pipe + "-" + host() + "-" + UUID.randomUUID().toString().substring(0, 8)
                    : consumer;
            return new Reading(group, name, consumer.isEmpty(), idle, oldest, ordered);
        }

        private static String host() {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "host";
            }
        }
    }

    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration SHORTEST_IDLE = Duration.ofMillis(300);

    /** Reads {@code endpoint}; what is wrong goes to the problems. */
    static RedisSettings parse(Endpoint endpoint, Problems problems) {
        Options options = new Options(endpoint, problems);
        boolean source = endpoint.role() == Endpoint.Role.SOURCE;
        String stream = endpoint.path().startsWith("/") ? endpoint.path().substring(1) : endpoint.path();
        if (endpoint.host().isEmpty() || stream.isEmpty()) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "must be " + endpoint.scheme() + "://host:port/stream",
                    "for instance redis://localhost:6379/orders" + (source ? "?group=pipe" : ""));
        }
        if (endpoint.variables().get("REDIS_USER").isPresent()
                && endpoint.variables().get("REDIS_PASSWORD").isEmpty()) {
            problems.add(endpoint.variables().nameOf("REDIS_USER"), "", "needs REDIS_PASSWORD beside it", "");
        }
        Place place = new Place(stream, options.integer("db", 0, 0, 9999));
        RedisSettings settings = new RedisSettings(
                endpoint,
                place,
                options.flag("create", false),
                options.text("body", Entry.BODY),
                source ? 0 : options.integer("maxlen", 0, 1, Integer.MAX_VALUE),
                !source && options.flag("durable", false),
                source ? reading(endpoint, options, problems) : null);
        checkTls(endpoint, problems);
        options.rejectUnknown();
        return settings;
    }

    private static Reading reading(Endpoint endpoint, Options options, Problems problems) {
        String group = options.text("group", "");
        if (group.isEmpty()) {
            problems.add(
                    endpoint.variable() + " option group",
                    "",
                    "is required: the consumer group whose members share the stream",
                    "for instance redis://localhost:6379/orders?group=pipe");
        }
        Duration idle = options.duration("idle", IDLE);
        if (idle.compareTo(SHORTEST_IDLE) < 0) {
            options.wrong("idle", options.text("idle", ""), "must be at least " + SHORTEST_IDLE.toMillis() + "ms");
        }
        boolean oldest = options.choice("offset", Offset.OLDEST) == Offset.OLDEST;
        return new Reading(group, options.text("consumer", ""), false, idle, oldest, options.flag("ordered", true));
    }

    private enum Offset {
        OLDEST,
        NEWEST
    }

    private static void checkTls(Endpoint endpoint, Problems problems) {
        try {
            Tls.read(endpoint.variables());
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
    }
}
