package io.wasmpipes.app;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, strings, numbers and booleans as JSON: enough for logs and probes, without a library at start. */
final class Json {
    private Json() {}

    static String text(@Nullable Object value) {
        StringBuilder json = new StringBuilder();
        write(value, json);
        return json.toString();
    }

    private static void write(@Nullable Object value, StringBuilder json) {
        switch (value) {
            case null -> json.append("null");
            case Map<?, ?> map -> object(map, json);
            case List<?> list -> {
                json.append('[');
                for (Iterator<?> each = list.iterator(); each.hasNext(); ) {
                    write(each.next(), json);
                    json.append(each.hasNext() ? "," : "");
                }
                json.append(']');
            }
            case Number number -> json.append(number);
            case Boolean bool -> json.append(bool);
            default -> quote(value.toString(), json);
        }
    }

    private static void object(Map<?, ?> map, StringBuilder json) {
        json.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            quote(String.valueOf(entry.getKey()), first ? json : json.append(','));
            write(entry.getValue(), json.append(':'));
            first = false;
        }
        json.append('}');
    }

    private static void quote(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> json.append('\\').append(c);
                case '\n' -> json.append("\\n");
                default -> {
                    if (c < ' ') {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }
}
