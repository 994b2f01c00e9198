package io.wasmpipes.adapter.http;

import io.wasmpipes.Delivery;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.adapter.http.HttpIngress.Answer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request that was let in, until it is settled. Its stage is the {@link Waiting}'s alone to change. */
final class Exchange implements Delivery {
    /** Where it stands. */
    enum Stage {
        /** Its body is being read. */
        READING,
        /** It waits for the pipe to ask. */
        QUEUED,
        /** The pipe has it. */
        HANDED,
        /** The pipe still has it, yet its sender has been told to try again; it keeps its room until the pipe hears of it. */
        LAPSED,
        /** Settled or refused. */
        OVER
    }

    final Headers headers;
    final long deadline;
    private final Consumer<Exchange> heard;
    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    volatile Stage stage = Stage.READING;
    long held;
    private volatile @Nullable Message message;

    /**
     * @param headers the message's
     * @param deadline by {@link System#nanoTime()}
     * @param held what it has taken of the {@link Room}
     * @param heard told when the pipe has heard that this lapsed
     */
    Exchange(Headers headers, long deadline, long held, Consumer<Exchange> heard) {
        this.headers = headers;
        this.deadline = deadline;
        this.held = held;
        this.heard = heard;
    }

    void carry(Message read) {
        message = read;
    }

    @Override
    public Message message() {
        return Objects.requireNonNull(message, "not read yet");
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public boolean live() {
        return switch (stage) {
            case READING, QUEUED, HANDED -> true;
            case LAPSED -> {
                heard.accept(this); // the pipe asks before it goes on with a message, and drops those that are not live
                yield false;
            }
            case OVER -> false;
        };
    }
}
