package io.wasmpipes.config;

import io.wasmpipes.Variables;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The driver's variables of one end: {@code prefix} first, then plain. */
record EndpointVariables(Env env, String prefix) implements Variables {
    @Override
    public Optional<String> get(String name) {
        return env.get(prefix + name).or(() -> env.get(name));
    }

    @Override
    public String nameOf(String name) {
        for (String candidate : new String[] {prefix + name, prefix + name + Env.FILE, name, name + Env.FILE}) {
            if (env.literal(candidate).isPresent()) {
                return candidate;
            }
        }
        return name;
    }

    @Override
    public Map<String, String> under(String stem) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String start : new String[] {prefix + stem, stem}) {
            for (String name : env.namesUnder(start)) {
                env.get(name).ifPresent(value -> found.putIfAbsent(name.substring(start.length()), value));
            }
        }
        return found;
    }

    /** Names no value. */
    @Override
    public String toString() {
        return prefix + "*";
    }
}
