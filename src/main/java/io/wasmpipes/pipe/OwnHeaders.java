package io.wasmpipes.pipe;

import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Promise;
import java.util.stream.IntStream;

/** What the pipe adds to the headers of an output, where its sink carries headers: those of the user come first. */
final class OwnHeaders {
    /** Some systems carry ten headers. */
    private static final int ROOM = 10;

    /** The count alone, for outputs without any other header: always the same object, so that sinks can remember it. */
    private static final Headers[] ALONE = IntStream.range(0, Hops.SUSPICIOUS)
            .mapToObj(hops -> Headers.EMPTY.with(DeadLetter.HEADER, Hops.text(hops)))
            .toArray(Headers[]::new);

    private OwnHeaders() {}

    /** The user's headers as far as the sink's rule lets them through, then those of a trace, then the hop count. */
    static Headers of(Outlet outlet, Headers users, Headers trace, int hops) {
        Headers headers = outlet.headers().apply(users);
        if (!outlet.promises().contains(Promise.HEADERS)) {
            return headers;
        }
        if (headers.isEmpty() && trace.isEmpty() && hops < ALONE.length) {
            return ALONE[hops];
        }
        for (Header header : outlet.headers().apply(trace)) {
            headers = add(headers, header.name(), header.text());
        }
        return add(headers, DeadLetter.HEADER, Hops.text(hops));
    }

    private static Headers add(Headers headers, String name, String value) {
        boolean room = headers.list().size() < ROOM || headers.first(name).isPresent();
        return room ? headers.with(name, value) : headers;
    }
}
