package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Headers;
import io.wasmpipes.Problems;
import io.wasmpipes.Variables;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * The options of Kafka's own clients, as {@code KAFKA_OPT_<NAME>} sets them: {@code KAFKA_OPT_SECURITY_PROTOCOL} is
 * {@code security.protocol}. Any value may be a secret: none is shown. Those that would break what the pipe promises are
 * refused, with the reason.
 */
record ClientOptions(Variables variables) {
    private static final String PREFIX = "KAFKA_OPT_";
    private static final String FILE = "_FILE";
    private static final String BYTES = "bodies and keys are carried as bytes";

    private static final Pattern ASSIGNED = Pattern.compile("=\\s*\"?([^\\s\";]{3,})");

    /** What belongs to the pipe, and why. */
    private static final Map<String, String> OURS = Map.ofEntries(
            Map.entry("bootstrap.servers", "KAFKA_BROKERS says it"),
            Map.entry("group.id", "the URI of the source says it"),
            Map.entry("enable.auto.commit", "the pipe commits what is settled, and nothing else"),
            Map.entry("auto.commit.interval.ms", "the pipe commits what is settled, and nothing else"),
            Map.entry("auto.offset.reset", "the option offset of the source says where a new group begins"),
            Map.entry("transactional.id", "the pipe's transactions are its own: see exactly_once"),
            Map.entry("transaction.two.phase.commit.enable", "the pipe's transactions are its own: see exactly_once"),
            Map.entry("key.serializer", BYTES),
            Map.entry("value.serializer", BYTES),
            Map.entry("key.deserializer", BYTES),
            Map.entry("value.deserializer", BYTES));

    /** Values that keep the promises, of options that may break them. */
    private record Bound(Predicate<Object> keeps, String why) {}

    private static final Map<String, Bound> BOUNDS = Map.of(
            "acks",
                    new Bound(
                            v -> v.equals("all") || v.equals("-1"),
                            "must be all: confirmed means that no copy is missing"),
            "enable.idempotence",
                    new Bound(Boolean.TRUE::equals, "must be true: repeated requests would change the order"),
            "retries", new Bound(v -> !v.equals(0), "must not be 0: the order needs repeated requests"),
            "max.in.flight.requests.per.connection",
                    new Bound(v -> v instanceof Integer n && n <= 5, "must be at most 5, else the order is lost"));

    /** Every option that is set, by Kafka's name for it. The variables are read anew. */
    Map<String, String> given() {
        Map<String, String> given = new TreeMap<>();
        variables.under(PREFIX).forEach((written, value) -> {
            String name = name(written);
            Optional<String> path =
                    knows(name + ".file") && !knows(name) ? variables.get(PREFIX + written + FILE) : Optional.empty();
            given.put(path.isPresent() ? name + ".file" : name, path.orElse(value));
        });
        return given;
    }

    private static String name(String written) {
        return Headers.fold(written).replace('_', '.');
    }

    private static String variable(String name) {
        return PREFIX + name.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** Those of {@link #given} that {@code client} knows. */
    Map<String, String> given(ConfigDef client) {
        Map<String, String> known = given();
        known.keySet().retainAll(client.names());
        return known;
    }

    /** Adds a problem for each option that Kafka does not know, that is malformed, or that belongs to the pipe. */
    void check(Problems problems) {
        given().forEach((name, value) -> {
            String subject = variables.nameOf(variable(name));
            String ours = OURS.get(name);
            if (ours != null) {
                problems.add(subject, "", "cannot be set: " + ours, "");
            } else if (!knows(name)) {
                problems.add(subject, "", "is no option of Kafka's clients: " + name, hint(name));
            } else {
                checkValue(subject, key(name), value, problems);
            }
        });
    }

    private static void checkValue(String subject, ConfigDef.ConfigKey key, String value, Problems problems) {
        try {
            Object parsed = ConfigDef.parseType(key.name, value, key.type);
            Bound bound = BOUNDS.get(key.name);
            if (bound != null && !bound.keeps().test(parsed)) {
                problems.add(subject, "", bound.why(), "");
            } else if (key.validator != null) {
                key.validator.ensureValid(key.name, parsed);
            }
        } catch (ConfigException e) { // its message holds the value
            String kind = key.validator == null ? Headers.fold(key.type.name()) : key.validator.toString();
            problems.add(subject, "", "must be of the kind that Kafka wants: " + kind, "");
        }
    }

    private static boolean knows(String name) {
        return Set.of(ConsumerConfig.configDef(), ProducerConfig.configDef(), AdminClientConfig.configDef()).stream()
                .anyMatch(client -> client.names().contains(name));
    }

    private static ConfigDef.ConfigKey key(String name) {
        return Set.of(ConsumerConfig.configDef(), ProducerConfig.configDef(), AdminClientConfig.configDef()).stream()
                .flatMap(client -> client.configKeys().values().stream())
                .filter(key -> key.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The known name that shares most with a wrong one. */
    private static String hint(String wrong) {
        Set<String> known = new HashSet<>(ConsumerConfig.configNames());
        known.addAll(ProducerConfig.configNames());
        return known.stream()
                .filter(name -> distance(name, wrong) <= Math.max(2, wrong.length() / 4))
                .min(Comparator.comparingInt(name -> distance(name, wrong)))
                .map(name -> "did you mean " + variable(name) + "?")
                .orElse("the names are those of Kafka's documentation, in capitals, _ for a dot");
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    /** {@code text} without what may be a secret: the values of secret options, and what they say behind a {@code =}. */
    String mask(String text) {
        String masked = text;
        for (Map.Entry<String, String> option : given().entrySet()) {
            if (knows(option.getKey()) && key(option.getKey()).type == ConfigDef.Type.PASSWORD) {
                masked = masked.replace(option.getValue(), "***");
                Matcher word = ASSIGNED.matcher(option.getValue());
                while (word.find()) {
                    masked = masked.replace(word.group(1), "***");
                }
            }
        }
        return masked;
    }

    @Override
    public String toString() {
        return PREFIX + "*";
    }
}
