package io.wasmpipes.wasm.http;

import io.wasmpipes.Header;
import io.wasmpipes.wasm.http.HttpCalls.Call;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a request must look like to be made at all. */
final class Rules {
    static final int BODY_MAX = 1 << 20;
    private static final int HEADERS_MAX = 64;
    private static final int HEADER_BYTES_MAX = 16 << 10;
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY");

    /** Those that frame the message or belong to the connection are the client's. */
    private static final Set<String> OURS = Set.of(
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "expect",
            "proxy-authorization",
            "proxy-connection",
            "accept-encoding");

    private Rules() {}

    /** What is wrong with a request, empty if nothing is. */
    static String problem(Call call) {
        if (!METHODS.contains(call.method())) {
            return "the method must be one of " + METHODS.stream().sorted().toList();
        }
        String target = problem(call.uri());
        if (!target.isEmpty()) {
            return target;
        }
        if (call.body().length() > BODY_MAX) {
            return "the body has more than " + BODY_MAX + " bytes";
        }
        long bytes = 0;
        for (Header header : call.headers()) {
            bytes += header.size();
            if (!TOKEN.matcher(header.name()).matches()) {
                return "a header name is no token";
            }
            if (OURS.contains(header.name().toLowerCase(Locale.ROOT))) {
                return "the header " + header.name() + " is not a guest's to set";
            }
            if (!header.isText() || header.text().chars().anyMatch(c -> (c < ' ' && c != '\t') || c > '~')) {
                return "the value of the header " + header.name() + " is no visible ASCII";
            }
        }
        return call.headers().size() > HEADERS_MAX || bytes > HEADER_BYTES_MAX
                ? "there are more than " + HEADERS_MAX + " headers, or " + HEADER_BYTES_MAX + " bytes of them"
                : "";
    }

    static String problem(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return "the URL must be one of http or https";
        }
        if (uri.getHost() == null || uri.getRawUserInfo() != null) {
            return "the URL must have a host, and no login";
        }
        return "";
    }
}
