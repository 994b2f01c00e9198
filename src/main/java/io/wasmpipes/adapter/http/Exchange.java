package io.wasmpipes.adapter.http;

import io.wasmpipes.Delivery;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.adapter.http.HttpIngress.Answer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
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
        /** The pipe still has it, yet its sender has been told to try again. */
        LAPSED,
        /** Settled or refused. */
        OVER
    }

    final Headers headers;
    final long deadline;
    final CompletableFuture<Answer> answer = new CompletableFuture<>();
    volatile Stage stage = Stage.READING;
    long held;
    private volatile @Nullable Message message;

    /**
     * @param headers the message's
     * @param deadline by {@link System#nanoTime()}
     * @param held what it has taken of the {@link Room}
     */
    Exchange(Headers headers, long deadline, long held) {
        this.headers = headers;
        this.deadline = deadline;
        this.held = held;
    }

    void carry(Message read) {
        message = read;
    }

    /** Lets go of the message, which is no longer needed here. */
    void drop() {
        message = null;
    }

    @Override
    public Message message() {
        return Objects.requireNonNull(message, "settled");
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public boolean live() {
        Stage now = stage;
        return now == Stage.HANDED || now == Stage.QUEUED;
    }
}
