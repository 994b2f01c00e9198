package io.wasmpipes.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Folders;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong configurations, each a process: a report that names variable, value and rule; exit 78; no trace, no secret. */
class ConfigErrorsIT {
    private static final String SECRET = "hunter2";
    private static final List<String> QUICK = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");
    private static final Path FOLDER = Folders.fresh("wrong");
    private static final Map<String, Wrong> WRONG = new LinkedHashMap<>();
    private static final Map<String, Future<Report>> REPORTS = new HashMap<>();

    private static ServerSocket taken;

    /** Variables, and what the report must say of them. */
    private record Wrong(Map<String, String> variables, List<String> told) {}

    private record Report(int exit, String text) {}

    @BeforeAll
    static void run() throws IOException {
        taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"));
        declare();
        ExecutorService two = Executors.newFixedThreadPool(2);
        WRONG.forEach((name, wrong) -> REPORTS.put(name, two.submit(() -> report(wrong))));
        two.shutdown();
    }

    @AfterAll
    static void release() throws IOException {
        taken.close();
    }

    private static void declare() throws IOException {
        String port = Integer.toString(taken.getLocalPort());
        Path text = Files.writeString(FOLDER.resolve("text.wasm"), "no module at all");
        wrong("a name that nearly is one", "SINK_URL=x", "SINK_URL: unknown, did you mean SINK_URI?");
        wrong("an empty URI", "SINK_URI=", "SINK_URI", "empty");
        wrong(
                "an option that is unknown beside a secret",
                "SINK_URI=nats://me:" + SECRET + "@localhost/x?colour=red",
                "SINK_URI",
                "colour",
                "***",
                "accepted:");
        wrong(
                "three at once",
                "WORKERS=none MAX_MESSAGE_BYTES=lots ORDER=random",
                "3 problems",
                "WORKERS: must be a whole number",
                "was none",
                "MAX_MESSAGE_BYTES",
                "was lots",
                "ORDER",
                "was random");
        wrong("a duration that is none", "WASM_TIMEOUT=soon", "WASM_TIMEOUT", "soon", "30s");
        wrong("a scheme nobody serves", "SOURCE_URI=htp://:9000/events", "SOURCE_URI", "htp", "http");
        wrong("a module that is not there", "WASM_MODULES=nosuch.wasm", "nosuch.wasm", "no such module", "uppercase");
        wrong("a module that is no WebAssembly", "WASM_MODULES=" + text, "text", "WebAssembly");
        wrong(
                "a TLS file that is not there",
                "SINK_URI=nats://x TLS_CA_FILE=/no/such/ca.pem",
                "TLS_CA_FILE",
                "/no/such/ca.pem");
        wrong("a management port that is taken", "MANAGEMENT_PORT=" + port, "MANAGEMENT_PORT", port, "in use");
        wrong("a source port that is taken", "SOURCE_URI=http://:" + port + "/events", "SOURCE_URI", port, "in use");
        String both = Integer.toString(Ports.free());
        wrong(
                "a source at the management port",
                "MANAGEMENT_PORT=" + both + " SOURCE_URI=http://:" + both + "/events",
                "SOURCE_URI",
                both,
                "must not listen at the MANAGEMENT_PORT");
        wrong("a boolean that is none", "WASM_ENABLED=maybe", "WASM_ENABLED", "maybe", "true");
        wrong("an alias without a module", "WASM_MODULES=hotter", "WASM_MODULES", "hotter", "no such module");
        wrong("a shared cache without a name", "CACHE_URI=redis://localhost:1", "PIPE_NAME", "CACHE_URI");
        wrong("a budget larger than the heap", "MAX_IN_FLIGHT_BYTES=1GiB", "MAX_IN_FLIGHT_BYTES", "1GiB", "heap");
        wrong("a label that is none", "SINK_URI=reply: SOURCE_URI=nats://x", "SINK_URI", "reply:");
        wrong(
                "exactly once with a sink that is not Kafka",
                "SOURCE_URI=kafka://g?topic=t&exactly_once=true SINK_URI=stdout: DEAD_LETTER_URI=kafka://d"
                        + " DEAD_LETTER_KAFKA_BROKERS=elsewhere:9092",
                "2 problems",
                "SINK_URI: must be kafka:",
                "DEAD_LETTER_URI: must be on the cluster of SOURCE_URI");
        wrong(
                "exactly once with a module that writes to the cache",
                "SOURCE_URI=kafka://g?topic=t&exactly_once=true SINK_URI=kafka://o WASM_MODULES=dedup-name.wasm",
                "module dedup-name",
                "writes to the cache",
                "exactly_once");
        wrong("a secret file that is not there", "MANAGEMENT_TOKEN_FILE=/no/such", "MANAGEMENT_TOKEN", "/no/such");
    }

    private static void wrong(String name, String variables, String... told) {
        Map<String, String> map = new HashMap<>();
        map.put("SOURCE_URI", "http://:" + Ports.free() + "/events");
        map.put("SINK_URI", "discard:");
        map.put("MANAGEMENT_PORT", "off");
        for (String variable : variables.split(" ", -1)) {
            String[] parts = variable.split("=", 2);
            map.put(parts[0], parts[1]);
        }
        WRONG.put(name, new Wrong(map, List.of(told)));
    }

    private static Report report(Wrong wrong) throws InterruptedException {
        try (PipeProcess process = PipeProcess.start(wrong.variables(), QUICK, List.of())) {
            int exit = process.exitCode();
            List<String> said = new ArrayList<>(process.out());
            said.addAll(process.err());
            return new Report(exit, String.join("\n", said));
        }
    }

    static Stream<String> names() {
        return WRONG.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void the_report_names_variable_value_and_rule(String name) throws Exception {
        Report report = REPORTS.get(name).get();
        System.out.println("--- " + name + ": exit " + report.exit() + "\n" + report.text());
        assertThat(report.text())
                .contains("the configuration has ")
                .contains(WRONG.get(name).told())
                .doesNotContain("\tat ", "Exception", SECRET);
        assertThat(report.exit()).isEqualTo(78);
        assertThat(report.text().lines()).as("no noise around it").hasSizeLessThanOrEqualTo(6);
    }
}
