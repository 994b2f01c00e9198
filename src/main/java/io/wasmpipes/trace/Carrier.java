package io.wasmpipes.trace;

import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.wasmpipes.Headers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a trace is read from headers, and written. */
final class Carrier {
    static final TextMapGetter<Headers> READ = Carrier::read;
    static final TextMapSetter<Map<String, String>> WRITE = Carrier::write;

    private Carrier() {}

    private static @Nullable String read(@Nullable Headers headers, String name) {
        return headers == null ? null : headers.first(name).orElse(null);
    }

    private static void write(@Nullable Map<String, String> headers, String name, String value) {
        if (headers != null) {
            headers.put(name, value);
        }
    }
}
