package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.wasmpipes.support.CommandBlock;
import io.wasmpipes.support.DockerRegistry;
import io.wasmpipes.support.Folders;
import io.wasmpipes.support.KafkaNode;
import io.wasmpipes.support.KafkaTopics;
import io.wasmpipes.support.Mosquitto;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.RabbitNode;
import io.wasmpipes.support.RedisServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The commands of the documentation in earnest, as they stand there but for ports and hosts: pipes start, reach real servers
 * and end. README.md is DemoIT's, the quick start UserIT's; what needs a cloud is only explained, by PagesTest.
 */
class PagesSoak {
    private static final Path TREE = Path.of("").toAbsolutePath();

    private final Path folder = Folders.fresh("pages");
    private final TypedBlock typed = new TypedBlock(folder);

    @BeforeEach
    void install() throws Exception {
        Files.createSymbolicLink(folder.resolve("wasm-pipes"), TREE.resolve("wasm-pipes"));
        Files.createDirectories(folder.resolve("modules"));
        Files.createSymbolicLink(folder.resolve("modules/sdk"), TREE.resolve("modules/sdk"));
    }

    @AfterEach
    void end() {
        typed.close();
        Folders.delete(folder);
    }

    private void run(String page) throws Exception {
        List<CommandBlock> blocks = CommandBlock.of(Path.of("docs", page));
        assertThat(blocks).isNotEmpty();
        for (CommandBlock block : blocks) {
            typed.run(block.lines());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "file", "timer"})
    void what_needs_no_server(String page) throws Exception {
        Files.writeString(folder.resolve("in.txt"), "a\n");
        try (Hook hook = Hook.keeping()) {
            typed.port("9100", hook.port());
            run("adapters/" + page + ".md");
        }
    }

    @Test
    void tcp() throws Exception {
        try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            typed.port("9002", target.getLocalPort());
            run("adapters/tcp.md");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats", "jetstream"})
    void nats(String page) throws Exception {
        try (NatsServer server = NatsServer.start()) {
            typed.port("4222", server.port());
            typed.with("NATS_SERVER_URL", server.url());
            run("adapters/" + page + ".md");
        }
    }

    @Test
    void kafka() throws Exception {
        KafkaNode node = KafkaNode.shared();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", node.direct()))) {
            for (String topic : List.of("orders", "returns", "invoices", "dead")) {
                KafkaTopics.create(admin, topic, 1, Map.of());
            }
        }
        typed.with("KAFKA_BROKERS", node.direct());
        run("adapters/kafka.md");
    }

    @Test
    void rabbit() throws Exception {
        RabbitNode node = RabbitNode.shared();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(node.url());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            channel.exchangeDeclare("orders", BuiltinExchangeType.FANOUT, true);
            channel.queueDeclare("orders.in", true, false, false, Map.of());
            typed.port("5672", node.port());
            run("adapters/rabbit.md");
        }
    }

    @Test
    void mqtt() throws Exception {
        try (Mosquitto server = Mosquitto.start("allow_anonymous true")) {
            typed.port("1883", server.port());
            typed.instead("mqtt://localhost/", "mqtt://localhost:" + server.port() + "/");
            run("adapters/mqtt.md");
        }
    }

    @Test
    void redis() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            typed.port("6379", server.port());
            run("adapters/redis.md");
        }
    }

    private static String code(String language) throws Exception {
        Matcher code = Pattern.compile("^```" + language + "\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Files.readString(TREE.resolve("docs/modules.md")));
        assertThat(code.find()).as(language).isTrue();
        return code.group(1);
    }

    private String modules(String part) throws Exception {
        CommandBlock block = CommandBlock.of(Path.of("docs/modules.md")).stream()
                .filter(each -> each.text().contains(part))
                .findFirst()
                .orElseThrow();
        return typed.script(block.lines());
    }

    @Test
    void a_module_in_c() throws Exception {
        Files.writeString(folder.resolve("limit.c"), code("c"));
        assertThat(modules("clang")).endsWith("short\n").doesNotContain("too long\n");
    }

    @Test
    void a_module_in_assemblyscript() throws Exception {
        for (String file : List.of("package.json", "package-lock.json")) {
            Files.copy(
                    TREE.resolve("modules").resolve(file),
                    folder.resolve("modules").resolve(file));
        }
        Files.delete(folder.resolve("modules/sdk"));
        assertThat(Command.run(TREE, Map.of(), List.of("cp", "-r", "modules/sdk", folder + "/modules/sdk"))
                        .exit())
                .isZero();
        Path greet = Files.createDirectories(folder.resolve("modules/greet"));
        Files.writeString(greet.resolve("greet.ts"), code("ts"));
        assertThat(modules("greet"))
                .contains("hello Ann\n", "hello Bob\n")
                .doesNotContainPattern("Ann\\n(.*\\n)*.*Ann");
    }

    @Test
    void a_module_in_a_registry() throws Exception {
        try (DockerRegistry registry = DockerRegistry.start()) {
            Files.copy(TREE.resolve("modules/hot/hot.wasm"), folder.resolve("hot.wasm"));
            typed.instead("ghcr.io", registry.address());
            typed.with("OCI_PLAIN_HTTP", registry.address());
            typed.run(CommandBlock.of(Path.of("docs/modules.md")).stream()
                    .filter(block -> block.text().contains(" push "))
                    .findFirst()
                    .orElseThrow()
                    .lines());
        }
    }
}
