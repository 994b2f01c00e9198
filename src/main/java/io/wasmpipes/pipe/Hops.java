package io.wasmpipes.pipe;

import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Promise;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many pipes a message has passed: each tells the next in the header {@code wasmpipes}, so that a loop is found. */
final class Hops {
    /** So many are more than anybody chains on purpose. */
    static final int SUSPICIOUS = 16;

    /** Some systems carry ten headers; those of the user come first. */
    private static final int ROOM = 10;

    private static final Pattern HOPS = Pattern.compile("hops=(\\d{1,9})");

    private Hops() {}

    /** What the message says; 0 if it says nothing. */
    static int of(Message message) {
        return message.headers().first(DeadLetter.HEADER).map(Hops::read).orElse(0);
    }

    private static int read(String text) {
        Matcher hops = HOPS.matcher(text);
        return hops.matches() ? Integer.parseInt(hops.group(1)) : 0;
    }

    /** The headers of an output that has passed so many, where the sink carries headers and has room for one more. */
    static Headers mark(Outlet outlet, Headers headers, int hops) {
        boolean carried =
                outlet.promises().contains(Promise.HEADERS) && headers.list().size() < ROOM;
        return carried ? headers.with(DeadLetter.HEADER, "hops=" + hops) : headers;
    }
}
