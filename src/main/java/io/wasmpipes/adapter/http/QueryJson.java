package io.wasmpipes.adapter.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The query of a GET request as the JSON that Go makes of {@code url.Values}: an object of arrays of strings, its keys
 * sorted by their bytes, {@code < > &} and control characters escaped. What Go cannot parse is left out.
 */
final class QueryJson {
    private QueryJson() {}

    static String of(String query) {
        Map<String, List<String>> values = new TreeMap<>((a, b) ->
                Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
        for (String part : query.split("&", -1)) {
            if (!part.isEmpty() && part.indexOf(';') < 0) {
                add(part, values);
            }
        }
        StringBuilder json = new StringBuilder("{");
        values.forEach((key, list) -> {
            quote(key, json.length() == 1 ? json : json.append(',')).append(":[");
            for (int i = 0; i < list.size(); i++) {
                quote(list.get(i), i == 0 ? json : json.append(','));
            }
            json.append(']');
        });
        return json.append('}').toString();
    }

    private static void add(String part, Map<String, List<String>> values) {
        int equals = part.indexOf('=');
        try {
            String key = decode(equals < 0 ? part : part.substring(0, equals));
            String value = equals < 0 ? "" : decode(part.substring(equals + 1));
            values.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
        } catch (IllegalArgumentException e) {
            // a broken escape: Go's Query() drops the pair without a word
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static StringBuilder quote(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> json.append('\\').append(c);
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '<', '>', '&', '\u2028', '\u2029' -> escape(c, json);
                default -> {
                    if (c < ' ') {
                        escape(c, json);
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"');
    }

    private static void escape(char c, StringBuilder json) {
        json.append("\\u%04x".formatted((int) c));
    }
}
