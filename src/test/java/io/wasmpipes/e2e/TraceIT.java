package io.wasmpipes.e2e;

import static io.wasmpipes.support.PipeProcess.request;
import static io.wasmpipes.support.PipeProcess.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.support.Await;
import io.wasmpipes.support.NatsServer;
import io.wasmpipes.support.PipeProcess;
import io.wasmpipes.support.Ports;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message that passes two pipes is one trace, from the client's own span to the last sink. */
class TraceIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CLIENT = "00f067aa0ba902b7";
    private static final String SECRET = "pl4nted";

    @TempDir
    private Path folder;

    private final int port = Ports.free();

    private static Map<String, String> traced(String pipe, Collector collector, NatsServer nats) {
        Map<String, String> variables = new HashMap<>();
        variables.put("PIPE_NAME", pipe);
        variables.put("NATS_SERVER_URL", nats.url());
        variables.put("MANAGEMENT_PORT", "off");
        variables.put("LOG_FORMAT", "json");
        variables.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
        variables.put("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer " + SECRET);
        variables.put("OTEL_BSP_SCHEDULE_DELAY", "100");
        return variables;
    }

    private Map<String, String> first(Collector collector, NatsServer nats) {
        Map<String, String> variables = traced("in", collector, nats);
        variables.put("SOURCE_URI", "http://127.0.0.1:" + port + "/events");
        variables.put("SINK_URI", "jetstream://ORDERS?subject=orders.new&create=true");
        variables.put("WASM_MODULES", "uppercase.wasm");
        return variables;
    }

    private Map<String, String> second(Collector collector, NatsServer nats, Hook hook) {
        Map<String, String> variables = traced("out", collector, nats);
        variables.put("SOURCE_URI", "jetstream://ORDERS?subject=orders.>&durable=out");
        variables.put("SINK_URI", "http://127.0.0.1:" + hook.port() + "/hook");
        variables.put("WASM_MODULES", "keep");
        variables.put("MODULE_KEEP_URI", "filter.wasm");
        variables.put("MODULE_KEEP_CONFIG_EXPR", ".TEMP > 20");
        variables.put("DEAD_LETTER_URI", "file:" + folder.resolve("dead.jsonl"));
        return variables;
    }

    private void post(String body) {
        String parent = "00-" + TRACE + "-" + CLIENT + "-01";
        assertThat(send(request(port, "/events")
                                .header("traceparent", parent)
                                .header("tracestate", "vendor=1")
                                .POST(BodyPublishers.ofString(body)))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void two_chained_pipes_are_one_trace() throws Exception {
        try (Collector collector = new Collector();
                NatsServer nats = NatsServer.start();
                Hook hook = Hook.keeping();
                PipeProcess in = PipeProcess.start(first(collector, nats)).ready();
                PipeProcess out =
                        PipeProcess.start(second(collector, nats, hook)).ready()) {
            post("{\"temp\":30}");
            Await.until("the message at the end", () -> hook.count() == 1);
            Await.until("its spans", () -> collector.spans().size() == 12);
            way(collector, hook);
            post("oops");
            Await.until("a failure", () -> collector.spans().stream().anyMatch(Collector.Seen::failed));
            failure(collector, out);
            assertThat(collector.authorizations()).containsOnly("Bearer " + SECRET);
            assertThat(String.join("\n", in.err()) + String.join("\n", out.err()))
                    .doesNotContain(SECRET);
            assertThat(in.terminate().exitCode()).isZero();
        }
    }

    private static void way(Collector collector, Hook hook) {
        assertThat(collector.spans()).extracting(Collector.Seen::trace).containsOnly(TRACE);
        Collector.Seen entry = span(collector, "in", "process in");
        assertThat(entry.parent()).isEqualTo(CLIENT);
        assertThat(children(collector, entry))
                .containsExactlyInAnyOrder("wait", "module uppercase", "send sink", "commit", "settle");
        Collector.Seen sent = span(collector, "in", "send sink");
        assertThat(sent.attributes())
                .containsEntry("wasmpipes.sink", "jetstream://ORDERS?subject=orders.new&create=true");
        Collector.Seen next = span(collector, "out", "process out");
        assertThat(next.parent()).isEqualTo(sent.id());
        assertThat(next.attributes())
                .containsEntry("wasmpipes.pipe", "out")
                .containsEntry("wasmpipes.attempt", "1")
                .containsEntry("messaging.message.body.size", "11")
                .containsEntry("wasmpipes.ending", "done");
        assertThat(children(collector, next))
                .containsExactlyInAnyOrder("wait", "module keep", "send sink", "commit", "settle");
        Collector.Seen last = span(collector, "out", "send sink");
        assertThat(hook.posts().getFirst().headers())
                .containsEntry("Traceparent", List.of("00-" + TRACE + "-" + last.id() + "-01"))
                .containsEntry("Tracestate", List.of("vendor=1"));
        assertThat(collector.spans()).allMatch(span -> span.startNanos() <= span.endNanos());
        assertThat(entry.startNanos()).isLessThanOrEqualTo(next.startNanos());
    }

    private static void failure(Collector collector, PipeProcess out) throws InterruptedException {
        Await.until(
                "the message's own span",
                () -> collector.spans().stream()
                        .anyMatch(span -> span.failed() && span.name().equals("process out")));
        assertThat(collector.spans())
                .filteredOn(Collector.Seen::failed)
                .extracting(Collector.Seen::name)
                .containsExactlyInAnyOrder("module keep", "process out");
        Collector.Seen dead = collector.spans().stream()
                .filter(span -> span.failed() && span.name().equals("process out"))
                .findFirst()
                .orElseThrow();
        assertThat(dead.attributes()).containsEntry("wasmpipes.ending", "dead_letter");
        assertThat(dead.status()).isEqualTo("dead_letter");
        out.says("dead letter id=");
        assertThat(out.err())
                .anyMatch(line -> line.contains("dead letter id=")
                        && line.contains("\"pipe\":\"out\"")
                        && line.contains("\"message_id\":\"ORDERS")
                        && line.contains("\"trace_id\":\"" + TRACE + "\""));
    }

    private static Collector.Seen span(Collector collector, String service, String name) {
        return collector.spans().stream()
                .filter(span -> span.service().equals(service) && span.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " of " + service + " in " + collector.spans()));
    }

    private static List<String> children(Collector collector, Collector.Seen parent) {
        return collector.spans().stream()
                .filter(span ->
                        span.parent().equals(parent.id()) && span.service().equals(parent.service()))
                .map(Collector.Seen::name)
                .toList();
    }
}
