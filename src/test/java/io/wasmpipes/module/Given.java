package io.wasmpipes.module;

import io.wasmpipes.Variables;
import java.util.Map;
import java.util.Optional;

/** Variables that a test gives. */
record Given(Map<String, String> all) implements Variables {
    @Override
    public Optional<String> get(String name) {
        return Optional.ofNullable(all.get(name));
    }

    @Override
    public String nameOf(String name) {
        return name;
    }
}
