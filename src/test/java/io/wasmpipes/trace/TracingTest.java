package io.wasmpipes.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wasmpipes.Bytes;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Headers;
import io.wasmpipes.Id;
import io.wasmpipes.Message;
import io.wasmpipes.Promise;
import io.wasmpipes.pipe.Outlet;
import io.wasmpipes.pipe.Trail;
import io.wasmpipes.support.NoSink;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a trace is continued from and how it goes on; TraceIT sees the spans arrive. */
class TracingTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-";

    /** What is traced is lost: only what is told onwards matters here. */
    private static final Map<String, String> NOWHERE =
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9", "OTEL_BSP_EXPORT_TIMEOUT", "100");

    private static final Outlet OUTLET =
            new Outlet("sink", "x:", new NoSink(), Set.of(Promise.HEADERS), headers -> headers);

    private static Message message(String traceparent) {
        return new Message(
                new Id("1"), Bytes.utf8("x"), Headers.of(Map.of("TraceParent", traceparent)), null, null, null);
    }

    private static String onwards(Map<String, String> variables, String traceparent) throws ConfigException {
        try (Tracing tracing = Tracing.open(variables, "pipe", "1")) {
            Message message = message(traceparent);
            Trail trail = tracing.follow(message, 1);
            String told = trail.departs(OUTLET, message)
                    .headers()
                    .first("traceparent")
                    .orElse("");
            assertThat(told).contains(trail.trace());
            trail.ended(Trail.Ending.DONE, "");
            return told;
        }
    }

    @Test
    void what_the_sender_traces_is_traced_on_and_what_it_does_not_is_not() throws ConfigException {
        assertThat(onwards(NOWHERE, PARENT + "01")).startsWith("00-" + TRACE).endsWith("-01");
        assertThat(onwards(NOWHERE, PARENT + "00")).startsWith("00-" + TRACE).endsWith("-00");
    }

    @Test
    void a_header_that_is_no_trace_begins_a_new_one() throws ConfigException {
        String told = onwards(NOWHERE, "00-nonsense");
        assertThat(told).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]").doesNotContain(TRACE);
    }

    @Test
    void a_share_of_nothing_traces_nothing_and_carries_on() throws ConfigException {
        Map<String, String> share = Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9",
                "OTEL_BSP_EXPORT_TIMEOUT", "100",
                "OTEL_TRACES_SAMPLER", "traceidratio",
                "OTEL_TRACES_SAMPLER_ARG", "0");
        assertThat(onwards(share, PARENT + "01")).startsWith("00-" + TRACE).endsWith("-00");
    }

    @Test
    void what_opentelemetry_does_not_understand_is_told() {
        ConfigException wrong = catchThrowableOfType(
                ConfigException.class, () -> Tracing.open(Map.of("OTEL_TRACES_SAMPLER", "sometimes"), "pipe", "1"));
        assertThat(wrong.problems().getFirst().rule()).contains("sometimes");
        ConfigException number = catchThrowableOfType(
                ConfigException.class, () -> Tracing.open(Map.of("OTEL_BSP_MAX_QUEUE_SIZE", "many"), "pipe", "1"));
        assertThat(number.problems().getFirst().rule()).contains("otel.bsp.max.queue.size");
    }
}
