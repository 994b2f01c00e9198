package io.wasmpipes.wasm.http;

import io.wasmpipes.Bytes;
import io.wasmpipes.Header;
import io.wasmpipes.wasm.http.HttpCalls.Call;
import io.wasmpipes.wasm.http.HttpCalls.Reply;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a reply sends a request on to. Whether it may go there is not asked here. */
final class Redirects {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final int SEE_OTHER = 303;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, SEE_OTHER, 307, 308);
    private static final Set<Integer> POST_TO_GET = Set.of(301, 302);

    /** What a guest adds for one host and no other. */
    private static final Set<String> PRIVATE = Set.of("authorization", "cookie");

    private Redirects() {}

    /** The request that a redirect asks for, null if it is none, names no place, or leads from https to http. */
    static @Nullable Call next(Call call, Reply reply) {
        if (!REDIRECTS.contains(reply.status())) {
            return null;
        }
        URI to = place(call, reply).orElse(null);
        if (to == null || (isHttps(call.uri()) && !isHttps(to))) {
            return null;
        }
        List<Header> headers = new ArrayList<>(call.headers());
        if (!sameOrigin(call.uri(), to)) {
            headers.removeIf(header -> PRIVATE.contains(header.name().toLowerCase(Locale.ROOT)));
        }
        boolean get = toGet(reply.status(), call.method());
        return new Call(get ? "GET" : call.method(), to, headers, get ? Bytes.EMPTY : call.body());
    }

    private static Optional<URI> place(Call call, Reply reply) {
        try {
            return reply.headers().stream()
                    .filter(header -> header.name().equalsIgnoreCase("location"))
                    .findFirst()
                    .map(header -> call.uri().resolve(header.text()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static boolean toGet(int status, String method) {
        return status == SEE_OTHER ? !method.equals("HEAD") : POST_TO_GET.contains(status) && method.equals("POST");
    }

    private static boolean sameOrigin(URI one, URI other) {
        return String.valueOf(one.getScheme()).equalsIgnoreCase(other.getScheme())
                && String.valueOf(one.getHost()).equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    /** The port of a URL, the standard one where it names none. */
    static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return isHttps(uri) ? HTTPS : HTTP;
    }

    private static boolean isHttps(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme());
    }
}
