package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Options;
import io.wasmpipes.Problems;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an endpoint of scheme kafka says.
 *
 * @param name the group of a source, the topic of a sink
 * @param topics what there is to read, or the one topic to write to
 * @param offset where a group without a committed offset begins
 * @param keyName the header that becomes a record's key, empty for none
 * @param timestamp who says what time it is
 * @param exactlyOnce whether a source and its sinks work in transactions
 */
record KafkaSettings(
        Cluster cluster,
        String name,
        List<String> topics,
        Offset offset,
        String keyName,
        Timestamp timestamp,
        boolean exactlyOnce) {
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    /** Where a group without a committed offset begins. */
    enum Offset {
        NEWEST,
        OLDEST
    }

    /** Whose time a record gets. */
    enum Timestamp {
        PRODUCER,
        MESSAGE
    }

    KafkaSettings {
        topics = List.copyOf(topics);
    }

    /** Reads {@code endpoint}; what is wrong goes to the problems. */
    static KafkaSettings parse(Endpoint endpoint, Problems problems) {
        Options options = new Options(endpoint, problems);
        if (endpoint.port() >= 0 || !endpoint.userInfo().isEmpty()) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "names a group or a topic, not a server",
                    "servers belong into KAFKA_BROKERS");
        }
        Cluster cluster = Cluster.parse(endpoint, problems);
        boolean source = endpoint.role() == Endpoint.Role.SOURCE;
        KafkaSettings settings =
                source ? source(endpoint, options, cluster, problems) : sink(endpoint, options, cluster, problems);
        options.rejectUnknown();
        return settings;
    }

    private static KafkaSettings source(Endpoint endpoint, Options options, Cluster cluster, Problems problems) {
        List<String> topics = options.all("topic");
        if (endpoint.name().isEmpty()) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "must name a group",
                    "for instance kafka://group?topic=t");
        }
        if (topics.isEmpty()) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "must name a topic",
                    "for instance kafka://group?topic=t; several are topic=t1&topic=t2");
        }
        topics.stream()
                .filter(topic -> !isTopic(topic))
                .forEach(topic -> options.wrong("topic", topic, "must be letters, digits, dots, - and _"));
        Offset offset = options.choice("offset", Offset.NEWEST);
        boolean exactlyOnce = options.flag("exactly_once", false);
        String isolation = cluster.options().given().getOrDefault("isolation.level", "read_committed");
        if (exactlyOnce && !isolation.equalsIgnoreCase("read_committed")) {
            options.wrong("exactly_once", "true", "needs KAFKA_OPT_ISOLATION_LEVEL=read_committed, or none");
        }
        return new KafkaSettings(cluster, endpoint.name(), topics, offset, "", Timestamp.PRODUCER, exactlyOnce);
    }

    private static KafkaSettings sink(Endpoint endpoint, Options options, Cluster cluster, Problems problems) {
        String topic = endpoint.name();
        if (!isTopic(topic)) {
            problems.add(
                    endpoint.variable(),
                    endpoint.toString(),
                    "must name a topic: letters, digits, dots, - and _",
                    "for instance kafka://orders");
        }
        String keyName = options.text("key_name", "");
        if (keyName.isEmpty() && options.text("key_name").isPresent()) {
            options.wrong("key_name", "", "must name a header");
        }
        Timestamp timestamp = options.choice("timestamp", Timestamp.PRODUCER);
        return new KafkaSettings(cluster, topic, List.of(topic), Offset.NEWEST, keyName, timestamp, false);
    }

    private static boolean isTopic(String name) {
        return TOPIC.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }
}
