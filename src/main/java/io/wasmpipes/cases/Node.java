package io.wasmpipes.cases;

import io.wasmpipes.Problems;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A place in a YAML document, which tells what is wrong there and goes on. One thread. */
record Node(String file, String place, @Nullable Object value, Problems problems) {
    void wrong(String key, String rule) {
        problems.add(file, (place + " " + key).strip(), rule, "");
    }

    void onlyKeys(Set<String> known) {
        for (Object key : map().keySet()) {
            if (!known.contains(String.valueOf(key))) {
                problems.add(file, (place + " " + key).strip(), "is no key here", "known are " + new TreeSet<>(known));
            }
        }
    }

    boolean has(String key) {
        return map().containsKey(key);
    }

    Optional<Node> find(String key) {
        return has(key) ? Optional.of(under(key, map().get(key))) : Optional.empty();
    }

    String text() {
        if (value instanceof Map<?, ?> || value instanceof List<?>) {
            wrong("", "must be a text: put it in quotes");
        }
        return value == null ? "" : String.valueOf(value);
    }

    String text(String key, String otherwise) {
        return find(key).map(Node::text).orElse(otherwise);
    }

    /** The elements under a key, none if there is none. */
    List<Node> list(String key) {
        Object found = map().get(key);
        List<Node> nodes = new ArrayList<>();
        if (found instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                nodes.add(under(key + "[" + i + "]", list.get(i)));
            }
        } else if (found != null) {
            wrong(key, "must be a list");
        }
        return nodes;
    }

    /** The texts of a map under a key. */
    Map<String, String> texts(String key) {
        return find(key).map(Node::texts).orElse(Map.of());
    }

    Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        members().forEach((name, node) -> texts.put(name, node.text()));
        return texts;
    }

    Map<String, Node> members() {
        Map<String, Node> nodes = new LinkedHashMap<>();
        map().forEach((key, found) -> nodes.put(String.valueOf(key), under(String.valueOf(key), found)));
        return nodes;
    }

    boolean isMap() {
        return value instanceof Map<?, ?>;
    }

    private Node under(String key, @Nullable Object found) {
        return new Node(file, (place + " " + key).strip(), found, problems);
    }

    private Map<?, ?> map() {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        if (value != null) {
            wrong("", "must be a map of names to values");
        }
        return Map.of();
    }
}
