package io.wasmpipes.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A private Kafka broker, a child JVM with a class path of its own. The pipe goes in by {@link #brokers}, through a proxy
 * that misbehaves on demand; tests go in by {@link #direct}, without a login. It keeps its ports and its data through
 * {@link #kill} and {@link #restart}. One thread at a time.
 */
public final class KafkaNode implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(2); // a starved machine took 25 s
    private static final Path CLASS_PATH = Path.of("target", "kafka");
    private static final String MISSING =
            "no Kafka in " + CLASS_PATH + ": run .ci/kafka, or make test, which does it by itself";

    private static @Nullable KafkaNode shared;

    private final Path folder = Folders.fresh("kafka");
    private final int client = Ports.free();
    private final int direct = Ports.free();
    private final int controller = Ports.free();
    private final FaultProxy proxy = FaultProxy.before(client);
    private final Map<String, String> settings;
    private int starts;
    private @Nullable Process process;

    private KafkaNode(Map<String, String> settings) {
        this.settings = settings;
    }

    /** Starts one that asks for no login. */
    public static KafkaNode start() {
        return start(Map.of());
    }

    /** Starts one with these settings of the broker's; its listener for the pipe is named CLIENT. */
    public static KafkaNode start(Map<String, String> settings) {
        KafkaNode node = new KafkaNode(settings);
        node.format();
        node.restart();
        return node;
    }

    /** Starts one that wants this login. */
    public static KafkaNode startSasl(String user, String password) {
        return start(Map.of(
                "listener.security.protocol.map", "CLIENT:SASL_PLAINTEXT,DIRECT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms", "PLAIN",
                "listener.name.client.plain.sasl.jaas.config",
                        jaas(user, password, " user_" + user + "=\"" + password + "\"")));
    }

    /** What a client needs to log in there, as KAFKA_OPT_SASL_JAAS_CONFIG. */
    public static String jaas(String user, String password) {
        return jaas(user, password, "");
    }

    private static String jaas(String user, String password, String more) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user + "\" password=\""
                + password + "\"" + more + ";";
    }

    /** The one that tests share which do not harm it for long; it ends with the JVM. */
    public static synchronized KafkaNode shared() {
        KafkaNode node = shared;
        if (node == null) {
            node = start();
            shared = node;
        }
        return node;
    }

    /** Where the pipe connects to: the proxy. */
    public String brokers() {
        return "127.0.0.1:" + proxy.port();
    }

    /** Where tests connect to: no proxy, no login. */
    public String direct() {
        return "127.0.0.1:" + direct;
    }

    public FaultProxy proxy() {
        return proxy;
    }

    /** Ends it as kill -9 does. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            join(running);
            process = null;
        }
    }

    /** Starts it again after {@link #kill}; returns when it serves. */
    public void restart() {
        if (process != null) {
            throw new IllegalStateException("Kafka is running");
        }
        try {
            Path log = folder.resolve("log" + ++starts);
            Process started = java(log, "kafka.Kafka", configuration().toString());
            process = started;
            Await.until("Kafka starts, log: " + log, START, () -> ready(started, log));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void format() {
        Path log = folder.resolve("format");
        String configuration = configuration().toString();
        join(java(log, "kafka.tools.StorageTool", "format", "-t", "d2FzbS1waXBlcy10ZXN0cw", "-c", configuration));
    }

    private Process java(Path log, String... arguments) {
        if (!Files.exists(CLASS_PATH.resolve("complete"))) {
            throw new AssertionError(MISSING);
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                CLASS_PATH.toAbsolutePath() + "/*"));
        command.addAll(List.of(arguments));
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path configuration() {
        Map<String, String> all = new TreeMap<>(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controller),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("inter.broker.listener.name", "DIRECT"),
                Map.entry(
                        "listeners",
                        "CLIENT://127.0.0.1:%d,DIRECT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                                .formatted(client, direct, controller)),
                Map.entry(
                        "advertised.listeners",
                        "CLIENT://127.0.0.1:%d,DIRECT://127.0.0.1:%d".formatted(proxy.port(), direct)),
                Map.entry("listener.security.protocol.map", "CLIENT:PLAINTEXT,DIRECT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("log.dirs", folder.resolve("data").toString()),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("group.min.session.timeout.ms", "1000"),
                Map.entry("group.consumer.min.session.timeout.ms", "1000"),
                Map.entry("group.consumer.session.timeout.ms", "5000"),
                Map.entry("group.consumer.min.heartbeat.interval.ms", "300"),
                Map.entry("group.consumer.heartbeat.interval.ms", "500"),
                Map.entry("broker.session.timeout.ms", "3000"),
                Map.entry("broker.heartbeat.interval.ms", "200")));
        all.putAll(settings);
        StringBuilder text = new StringBuilder();
        all.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
        try {
            return Files.writeString(folder.resolve("server.properties"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean ready(Process started, Path log) throws IOException {
        String text = Files.readString(log);
        if (!started.isAlive()) {
            throw new IllegalStateException("Kafka ended at once: " + text);
        }
        return text.contains("Kafka Server started");
    }

    private static void join(Process process) {
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Kafka does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends it and deletes its data. */
    @Override
    public void close() {
        kill();
        proxy.heal();
        proxy.close();
        Folders.delete(folder);
    }
}
