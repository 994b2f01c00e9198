package io.wasmpipes.wasm.engine;

import java.util.List;

/** The types of a function: {@code i32 i64 f32 f64 …} */
public record Signature(List<String> parameters, List<String> results) {
    public Signature {
        parameters = List.copyOf(parameters);
        results = List.copyOf(results);
    }

    /** Reads {@code "i32 i32 -> i64"}; either side may be empty. */
    public static Signature of(String text) {
        int arrow = text.indexOf("->");
        return new Signature(types(text.substring(0, arrow)), types(text.substring(arrow + 2)));
    }

    private static List<String> types(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split(" "));
    }

    @Override
    public String toString() {
        return "(" + String.join(", ", parameters) + ") -> (" + String.join(", ", results) + ")";
    }
}
