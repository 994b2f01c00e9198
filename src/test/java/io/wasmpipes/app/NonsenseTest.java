package io.wasmpipes.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.wasmpipes.ConfigException;
import io.wasmpipes.TransientException;
import io.wasmpipes.config.Machine;
import io.wasmpipes.config.Settings;
import io.wasmpipes.pipe.Outlet;
import io.wasmpipes.pipe.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever stands in a variable, it is taken or refused by a configuration error; never is it taken for a bug. */
class NonsenseTest {
    private static final Pattern NAME = Pattern.compile("^# ([A-Z][A-Z0-9_]*)=", Pattern.MULTILINE);
    private static final Pattern OPTION = Pattern.compile("[`?&]([a-z][a-z_]+)=");
    private static final List<String> NONSENSE = List.of(
            "%%%",
            "http://bad host",
            "-1",
            " ",
            "a=b=c,,;",
            "/nowhere/file",
            "\u00e9\u0001x",
            "9".repeat(30),
            "[",
            "*",
            "x://[::1",
            "{",
            "host:port:more",
            "a,b",
            "https://u:p@[1]/%");
    private static final Map<String, String> NOBODY = Map.of(
            "MANAGEMENT_PORT", "off",
            "NATS_SERVER_URL", "nats://127.0.0.1:9",
            "RABBIT_SERVER_URL", "amqp://127.0.0.1:9",
            "KAFKA_BROKERS", "127.0.0.1:9",
            "AZURE_SERVICEBUS_HOSTNAME", "127.0.0.1",
            "AWS_REGION", "eu-west-1",
            "AWS_ACCESS_KEY_ID", "x",
            "AWS_SECRET_ACCESS_KEY", "x",
            "PIPE_NAME", "p");

    static Stream<Arguments> ends() {
        return Stream.of(
                arguments("http://127.0.0.1:0/e", "http://127.0.0.1:9/h"),
                arguments("stdin:", "https://127.0.0.1:9/h"),
                arguments("nats://s", "nats://s"),
                arguments("jetstream://S", "jetstream://S?subject=s"),
                arguments("rabbit://q", "rabbit://e"),
                arguments("kafka://g?topic=t", "kafka://t"),
                arguments("mqtt://127.0.0.1:9/t", "mqtts://127.0.0.1:9/t"),
                arguments("tcp://127.0.0.1:0", "tcps://127.0.0.1:9"),
                arguments("awssqs://127.0.0.1:9/1/q", "awssns:///arn:aws:sns:eu-west-1:1:topic"),
                arguments("gcppubsub://p/s", "gcppubsub://p/t"),
                arguments("redis://127.0.0.1:9/s?group=g", "rediss://127.0.0.1:9/s"),
                arguments("azuresb://q", "azuresb://q"),
                arguments("timer:", "log:"));
    }

    private static Stream<String> found(Pattern pattern, Path file) {
        try {
            return pattern.matcher(Files.readString(file)).results().map(name -> name.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> options() throws IOException {
        try (Stream<Path> pages = Files.list(Path.of("docs/adapters"))) {
            return pages.flatMap(page -> found(OPTION, page)).distinct().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("ends")
    void no_value_is_taken_for_a_bug(String source, String sink) throws Exception {
        List<String> bugs = new ArrayList<>();
        int refused = 0;
        int taken = 0;
        for (String name : found(NAME, Path.of(".env.example")).toList()) {
            for (String value : NONSENSE) {
                Map<String, String> variables = new HashMap<>(NOBODY);
                variables.put("SOURCE_URI", source);
                variables.put("SINK_URI", sink);
                variables.put(name, value);
                try {
                    tried(plan(variables), sink.contains("127.0.0.1"));
                    taken++;
                } catch (ConfigException e) {
                    refused++;
                } catch (RuntimeException e) {
                    bugs.add(name + "=" + value + ": " + e + " " + List.of(e.getStackTrace()));
                }
            }
        }
        assertThat(bugs).isEmpty();
        assertThat(refused).isGreaterThan(100);
        assertThat(taken).isGreaterThan(100);
    }

    @ParameterizedTest
    @MethodSource("ends")
    void no_option_is_taken_for_a_bug(String source, String sink) throws Exception {
        List<String> bugs = new ArrayList<>();
        int refused = 0;
        for (String option : options()) {
            for (String value : NONSENSE) {
                Map<String, String> variables = new HashMap<>(NOBODY);
                variables.put("SOURCE_URI", with(source, option, value));
                variables.put("SINK_URI", with(sink, option, value));
                try {
                    tried(plan(variables), false);
                } catch (ConfigException e) {
                    refused++;
                } catch (RuntimeException e) {
                    bugs.add(option + "=" + value + ": " + e + " " + List.of(e.getStackTrace()));
                }
            }
        }
        assertThat(bugs).isEmpty();
        assertThat(refused).isGreaterThan(100);
    }

    private static String with(String uri, String option, String value) {
        return uri + (uri.contains("?") ? "&" : "?") + option + "=" + value;
    }

    private static Plan plan(Map<String, String> variables) throws ConfigException {
        Settings settings = Settings.from(variables, Wiring.adapters(), Machine.current());
        return new Wiring(settings, Wiring.adapters((_, _) -> {
                    throw new IOException("nobody listens here");
                }))
                .plan(List.of());
    }

    /** Connects where nobody but this machine may be asked, and closes everything. */
    private static void tried(Plan plan, boolean near) throws InterruptedException {
        Outlet sink = Objects.requireNonNull(plan.sink());
        if (near) {
            try {
                sink.sink().connect();
            } catch (TransientException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        sink.sink().close();
        plan.source().source().close();
        if (plan.deadLetters() != null) {
            plan.deadLetters().sink().close();
        }
        if (plan.cache() != null) {
            plan.cache().close();
        }
    }
}
