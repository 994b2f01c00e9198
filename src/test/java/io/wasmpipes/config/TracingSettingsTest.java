package io.wasmpipes.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.wasmpipes.ConfigException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TracingSettingsTest {
    private static final String COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318";

    @Test
    void traces_need_somebody_to_send_them_to() throws ConfigException {
        assertThat(Given.settings("OTEL_SERVICE_NAME=x").service().tracing()).isEmpty();
        assertThat(Given.settings(COLLECTOR, "OTEL_SDK_DISABLED=true").service().tracing())
                .isEmpty();
        assertThat(Given.settings(COLLECTOR, "OTEL_TRACES_EXPORTER=none")
                        .service()
                        .tracing())
                .isEmpty();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318", "must be a URL such as http://collector:4318"),
                arguments("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://", "must be a URL such as "),
                arguments("OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "must be http/protobuf (was grpc); collectors listen "),
                arguments("OTEL_EXPORTER_OTLP_HEADERS=s3cr3t", "must be pairs such as authorization=Bearer x, with "),
                arguments("OTEL_TRACES_EXPORTER=zipkin", "must be otlp or none (was zipkin)"),
                arguments("OTEL_TRACES_SAMPLER=sometimes", "must be one of always_off, always_on, parentbased_"),
                arguments("OTEL_TRACES_SAMPLER_ARG=10%", "must be a number from 0 to 1 (was 10%)"),
                arguments("OTEL_TRACES_SAMPLER_ARG=1.5", "must be a number from 0 to 1 (was 1.5)"),
                arguments("OTEL_PROPAGATORS=tracecontext,b3", "must be of baggage, none, tracecontext (was "),
                arguments("OTEL_RESOURCE_ATTRIBUTES=prod", "must be pairs such as team=blue, with commas between"),
                arguments("OTEL_BSP_MAX_QUEUE_SIZE=many", "must be a whole number of at least 1 (was many)"),
                arguments("OTEL_SDK_DISABLED=maybe", "must be true or false"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void a_mistake_names_its_variable(String line, String told) {
        assertThat(Given.report(COLLECTOR, line))
                .startsWith("the configuration has a problem:\n  " + line.substring(0, line.indexOf('=')) + ": " + told)
                .doesNotContain("s3cr3t")
                .hasLineCount(2);
    }

    @Test
    void mistakes_are_told_with_all_the_others() {
        assertThat(Given.report(COLLECTOR, "OTEL_TRACES_SAMPLER=sometimes", "OTEL_PROPAGATORS=b3", "WORKERS=none"))
                .startsWith("the configuration has 3 problems:\n")
                .contains("OTEL_TRACES_SAMPLER: ", "OTEL_PROPAGATORS: ", "WORKERS: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://c:4318/v1/traces",
                "OTEL_EXPORTER_OTLP_HEADERS=authorization=Basic eDp5==,tenant=t",
                "OTEL_TRACES_EXPORTER=otlp",
                "OTEL_TRACES_SAMPLER_ARG=0.01",
                "OTEL_PROPAGATORS=tracecontext, baggage",
                "OTEL_RESOURCE_ATTRIBUTES=a=b,c=d",
                "OTEL_BLRP_SCHEDULE_DELAY=whatever"
            })
    void what_opentelemetry_takes_is_taken(String line) throws ConfigException {
        assertThat(Given.settings(COLLECTOR, line).service().tracing())
                .containsEntry(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
    }
}
