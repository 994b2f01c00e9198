package io.wasmpipes.config;

import io.wasmpipes.Endpoint;
import io.wasmpipes.Headers;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Reads the {@code OTEL_*} variables: those of our table are looked at here, so that what is wrong with them is told with
 * everything else; the others are left to OpenTelemetry.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/">its specification</a>
 */
final class TracingParser {
    private static final String ALL = "OTEL_";
    private static final String DISABLED = "OTEL_SDK_DISABLED";
    private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
    private static final String HTTP = "http/protobuf";
    private static final List<String> OTLP = List.of("OTEL_EXPORTER_OTLP_", "OTEL_EXPORTER_OTLP_TRACES_");
    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final Set<String> SAMPLERS = new TreeSet<>(Set.of(
            "always_on",
            "always_off",
            "traceidratio",
            "parentbased_always_on",
            "parentbased_always_off",
            "parentbased_traceidratio"));
    private static final Set<String> PROPAGATORS = new TreeSet<>(Set.of("tracecontext", "baggage", "none"));

    private final Values values;

    TracingParser(Values values) {
        this.values = values;
    }

    /** Everything that OpenTelemetry knows, also what is not in our table; empty where there is nobody to send to. */
    Map<String, String> parse() {
        Map<String, String> given = new TreeMap<>();
        for (String name : values.env().namesUnder(ALL)) {
            values.given(name).ifPresent(value -> given.put(name, value));
        }
        boolean off = values.flag(DISABLED) || values.text(EXPORTER).equals("none");
        boolean collector =
                given.containsKey(EXPORTER) || OTLP.stream().anyMatch(prefix -> given.containsKey(prefix + "ENDPOINT"));
        if (off || !collector) {
            return Map.of();
        }
        exporter();
        must("OTEL_TRACES_SAMPLER", SAMPLERS::contains, "must be one of " + String.join(", ", SAMPLERS));
        must("OTEL_TRACES_SAMPLER_ARG", TracingParser::isShare, "must be a number from 0 to 1");
        must(
                "OTEL_PROPAGATORS",
                value -> PROPAGATORS.containsAll(items(value)),
                "must be of " + String.join(", ", PROPAGATORS));
        must(
                "OTEL_RESOURCE_ATTRIBUTES",
                TracingParser::isPairs,
                "must be pairs such as team=blue, with commas between");
        values.integer("OTEL_BSP_MAX_QUEUE_SIZE", 1, Integer.MAX_VALUE);
        return given;
    }

    private void exporter() {
        must(EXPORTER, "otlp"::equals, "must be otlp or none");
        for (String prefix : OTLP) {
            must(prefix + "ENDPOINT", TracingParser::isUrl, "must be a URL such as http://collector:4318");
            must(prefix + "PROTOCOL", HTTP::equals, "must be " + HTTP, "collectors listen for it on port 4318");
            String headers = prefix + "HEADERS";
            if (!values.given(headers).map(TracingParser::isPairs).orElse(true)) { // whose value is a secret
                values.problems()
                        .add(headers, "", "must be pairs such as authorization=Bearer x, with commas between", "");
            }
        }
    }

    private void must(String name, Predicate<String> rule, String text) {
        must(name, rule, text, "");
    }

    private void must(String name, Predicate<String> rule, String text, String hint) {
        values.given(name)
                .filter(rule.negate())
                .ifPresent(value -> values.problems().add(name, Endpoint.redact(value), text, hint));
    }

    private static boolean isUrl(String value) {
        try {
            URI uri = URI.create(value);
            return uri.getHost() != null && SCHEMES.contains(Headers.fold(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isShare(String value) {
        try {
            double share = Double.parseDouble(value);
            return share >= 0 && share <= 1;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isPairs(String value) {
        return items(value).stream().allMatch(item -> item.indexOf('=') > 0);
    }

    private static List<String> items(String value) {
        return Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
