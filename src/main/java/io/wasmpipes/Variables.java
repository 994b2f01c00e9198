package io.wasmpipes;

import java.util.Map;
import java.util.Optional;

/**
 * The variables of one endpoint's driver: a name is looked up with the endpoint's prefix first ({@code SINK_NATS_CREDENTIALS}),
 * then plain ({@code NATS_CREDENTIALS}), each also as {@code <NAME>_FILE}, whose file is read at every call, so that
 * replaced secrets are seen at the next connect. A name that itself ends in {@code _FILE} is a path and has no such
 * form. Empty values count as absent. Thread-safe.
 */
public interface Variables {
    Variables NONE = new Variables() {
        @Override
        public Optional<String> get(String name) {
            return Optional.empty();
        }

        @Override
        public String nameOf(String name) {
            return name;
        }
    };

    Optional<String> get(String name);

    /** The full name under which {@code name} is set, or the plain name: for error messages. */
    String nameOf(String name);

    /**
     * Every variable that starts with {@code prefix}, such as {@code HTTP_HEADER_}: the rest of the name, as written, to
     * the value.
     */
    default Map<String, String> under(String prefix) {
        return Map.of();
    }
}
