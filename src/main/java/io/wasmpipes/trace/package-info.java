/** Traces by OpenTelemetry: a span for each message, module and hop, sent to a collector over OTLP. */
@org.jspecify.annotations.NullMarked
package io.wasmpipes.trace;
