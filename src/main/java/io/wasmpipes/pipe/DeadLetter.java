package io.wasmpipes.pipe;

import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.PoisonException;
import java.time.Instant;
import java.util.Objects;

/** Writes a dead letter: the message as it was, and one header that says why it is here. */
record DeadLetter(Plan plan, Item item, PoisonException why, Instant time) {
    static final String HEADER = "wasmpipes";
    private static final int TRUNCATED_BYTES = 16 * 1024;

    /** A word for metrics: who found the poison. */
    static String reasonClass(PoisonException why) {
        return why.stage().isEmpty() ? "pipe" : "module";
    }

    /** What the pipe tells of it. */
    DeadMessage told(Message message, DeadMessage.Fate fate) {
        return new DeadMessage(
                item.name(), time, message, why.stage(), String.valueOf(why.getMessage()), item.attempt(), fate);
    }

    Message of(Message message) {
        return letter(message, "");
    }

    /** The same with the head of the body only, for sinks that refuse the whole. */
    Message truncated(Message message) {
        int length = message.body().length();
        int kept = Math.min(TRUNCATED_BYTES, length / 2);
        return letter(message.withBody(message.body().slice(0, kept)), ",\"truncated_from\":" + length);
    }

    private Message letter(Message message, String more) {
        Outlet sink = Objects.requireNonNull(plan.deadLetters());
        Headers headers = sink.headers().apply(message.headers()).with(HEADER, json(more));
        return message.withLabel(null)
                .withHeaders(headers)
                .withId(message.id().derive(plan.name(), "dead-letter", 0, ""));
    }

    private String json(String more) {
        return "{\"reason\":" + quote(String.valueOf(why.getMessage()))
                + ",\"stage\":" + quote(why.stage())
                + ",\"digest\":" + quote(item.digest(why.stage()))
                + ",\"pipe\":" + quote(plan.name())
                + ",\"source\":" + quote(plan.source().uri())
                + ",\"attempts\":" + item.attempt()
                + ",\"time\":" + quote(time.toString())
                + ",\"id\":" + quote(item.name())
                + more + "}";
    }

    private static String quote(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                default -> {
                    if (c < ' ' || c > '~') {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        return json.append('"').toString();
    }
}
