package io.wasmpipes.pipe;

import io.wasmpipes.Message;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many pipes a message has passed: each tells the next in the header {@code wasmpipes}, so that a loop is found. */
final class Hops {
    /** So many are more than anybody chains on purpose. */
    static final int SUSPICIOUS = 16;

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

    /** What an output says that has passed so many. */
    static String text(int hops) {
        return "hops=" + hops;
    }
}
