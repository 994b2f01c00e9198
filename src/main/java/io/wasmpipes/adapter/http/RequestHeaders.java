package io.wasmpipes.adapter.http;

import io.wasmpipes.Header;
import io.wasmpipes.HeaderRule;
import io.wasmpipes.Headers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Request headers as message headers, the way the original had them: names in Go's canonical case, repeated ones joined
 * with a comma, Host left out; and without what belongs to the connection or proves who the sender is.
 */
final class RequestHeaders {
    /** What pipes tell each other. */
    private static final String PIPE = "wasmpipes";

    private RequestHeaders() {}

    /** Whether a header of this name may be in a message, or in a request made of one. */
    static boolean carried(String name) {
        return name.equalsIgnoreCase(PIPE) || (HeaderRule.ALL.allows(name) && !name.equalsIgnoreCase("Expect"));
    }

    static Headers of(Headers request) {
        Map<String, String> joined = new LinkedHashMap<>();
        for (Header header : request) {
            if (carried(header.name())) {
                joined.merge(canonical(header.name()), header.text(), (a, b) -> a + "," + b);
            }
        }
        List<Header> list = new ArrayList<>(joined.size());
        joined.forEach((name, value) -> list.add(Header.of(name, value)));
        return Headers.of(list);
    }

    /** {@code content-TYPE} becomes {@code Content-Type}. */
    static String canonical(String name) {
        StringBuilder canonical = new StringBuilder(name.length());
        boolean upper = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (upper && c >= 'a' && c <= 'z') {
                c = (char) (c - 32);
            } else if (!upper && c >= 'A' && c <= 'Z') {
                c = (char) (c + 32);
            }
            canonical.append(c);
            upper = c == '-';
        }
        return canonical.toString();
    }
}
