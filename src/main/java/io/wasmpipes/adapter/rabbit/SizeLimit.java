package io.wasmpipes.adapter.rabbit;

import io.wasmpipes.PoisonException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The server's max_message_size: as the URI says, or as the server told when it closed a channel for it. Thread-safe. */
final class SizeLimit {
    private static final Pattern REFUSAL = Pattern.compile("message size \\d+ is larger than (?:\\D*)max size (\\d+)");

    private volatile long most;

    /** 0 if it is not known. */
    SizeLimit(long most) {
        this.most = most;
    }

    void learn(String refusal) {
        Matcher said = REFUSAL.matcher(refusal);
        if (said.find()) {
            most = Long.parseLong(said.group(1));
        }
    }

    /** Why a body of this size cannot be sent, null if it can. */
    @Nullable
    PoisonException above(int size) {
        long known = most;
        return known > 0 && size > known
                ? new PoisonException("a body of " + size + " bytes is above RabbitMQ's max_message_size of " + known)
                : null;
    }
}
