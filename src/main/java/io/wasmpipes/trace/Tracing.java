package io.wasmpipes.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.pipe.Trail;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sends traces to a collector. Each message has a span, below the one that its {@code traceparent} names, and below it one
 * for each hop and module; outputs carry on. Thread-safe.
 *
 * @see <a href="https://www.w3.org/TR/trace-context/">Trace Context</a>
 */
public final class Tracing implements AutoCloseable {
    static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
    static final AttributeKey<Long> BODY_SIZE = AttributeKey.longKey("messaging.message.body.size");
    private static final AttributeKey<String> PIPE = AttributeKey.stringKey("wasmpipes.pipe");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("wasmpipes.attempt");
    private static final AttributeKey<String> VERSION = AttributeKey.stringKey("service.version");
    private static final long LAST_SPANS_SECONDS = 5;

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final String pipe;
    /** What to add to {@link System#nanoTime} for the time of day. */
    private final long epochNanos;

    private Tracing(OpenTelemetrySdk sdk, String pipe, String version) {
        this.sdk = sdk;
        this.tracer = sdk.getTracer("io.wasmpipes", version);
        this.propagator = sdk.getPropagators().getTextMapPropagator();
        this.pipe = pipe;
        this.epochNanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
    }

    /**
     * Opens the way to the collector; does not connect.
     *
     * @param variables the {@code OTEL_*} ones, as the specification of OpenTelemetry names them
     * @param version of this program
     * @throws ConfigException if one of them is wrong
     */
    public static Tracing open(Map<String, String> variables, String pipe, String version) throws ConfigException {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        try {
            OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesCustomizer(config -> properties(variables, pipe))
                    .addResourceCustomizer((resource, config) ->
                            resource.toBuilder().put(VERSION, version).build())
                    .build()
                    .getOpenTelemetrySdk();
            return new Tracing(sdk, pipe, version);
        } catch (ConfigurationException | IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    /** As the SDK calls them, over its defaults and what the JVM was started with. */
    private static Map<String, String> properties(Map<String, String> variables, String pipe) {
        Map<String, String> properties = new HashMap<>();
        properties.put("otel.service.name", pipe);
        properties.put("otel.exporter.otlp.protocol", "http/protobuf");
        variables.forEach((name, value) -> properties.put(Headers.fold(name).replace('_', '.'), value));
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        return properties;
    }

    private static ConfigException wrong(String why) {
        return new ConfigException(
                "OTEL_*", "", "must be what OpenTelemetry understands: " + why, "see docs/operations.md");
    }

    /** Begins the span of a message. */
    public Trail follow(Message input, int attempt) {
        Context from = propagator.extract(Context.root(), input.headers(), Carrier.READ);
        Span span = tracer.spanBuilder("process " + pipe)
                .setSpanKind(SpanKind.CONSUMER)
                .setParent(from)
                .startSpan();
        if (span.isRecording()) {
            Attributes attributes = Attributes.of(
                    PIPE, pipe, ATTEMPT, (long) attempt, MESSAGE_ID, input.id().value(), BODY_SIZE, (long)
                            input.body().length());
            span.setAllAttributes(attributes);
        }
        return new SpanTrail(this, from.with(span));
    }

    /** A span below {@code parent} that has begun at that {@link System#nanoTime}. */
    Span span(String name, SpanKind kind, Context parent, long startNanos) {
        return tracer.spanBuilder(name)
                .setSpanKind(kind)
                .setParent(parent)
                .setStartTimestamp(startNanos + epochNanos, TimeUnit.NANOSECONDS)
                .startSpan();
    }

    /** What names {@code context} to whoever comes next. */
    Headers headers(Context context) {
        Map<String, String> headers = new HashMap<>();
        propagator.inject(context, headers, Carrier.WRITE);
        return Headers.of(headers);
    }

    /** Sends what there is yet, for some seconds at most. */
    @Override
    public void close() {
        var _ = sdk.shutdown().join(LAST_SPANS_SECONDS, TimeUnit.SECONDS);
    }
}
