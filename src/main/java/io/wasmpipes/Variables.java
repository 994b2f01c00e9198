package io.wasmpipes;

import java.util.Optional;

/**
 * The variables of one endpoint's driver: a name is looked up with the endpoint's prefix first ({@code SINK_NATS_CREDENTIALS}),
 * then plain ({@code NATS_CREDENTIALS}), each also as {@code <NAME>_FILE}, whose file is read at every call, so that
 * replaced secrets are seen at the next connect. Empty values count as absent.
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
}
