package io.wasmpipes.adapter.nats;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.SentBatch;
import io.wasmpipes.TransientException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The acknowledgements of a stream on one session: one inbox, a number per batch, a number per message in it. */
final class Acks implements Link.Attached {
    private static final int ROOM = 8192;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern ERROR = Pattern.compile(
            "\"error\"\\s*:\\s*\\{.*?\"description\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"", Pattern.DOTALL);
    private static final byte[] ERROR_WORD = "\"error\"".getBytes(StandardCharsets.US_ASCII);

    private final Session session;
    private final long max;
    private final String prefix;
    private final ConcurrentHashMap<Long, Batch> open = new ConcurrentHashMap<>();
    private final AtomicLong batches = new AtomicLong();
    private final Semaphore room = new Semaphore(ROOM);

    /** {@code max} is the largest message that stream and server take. */
    Acks(Session session, long max) {
        Connection connection = session.connection();
        this.session = session;
        this.max = max;
        this.prefix = connection.createInbox() + ".";
        connection.createDispatcher(this::arrived).subscribe(prefix + "*.*").setPendingLimits(0, 0);
    }

    @Override
    public Session session() {
        return session;
    }

    long max() {
        return max;
    }

    /** Starts a batch, once there is room; a batch that finds none in time goes on without, its sender has waited enough. */
    Batch batch(@Nullable SentBatch previous, int count) throws InterruptedException {
        int permits = Math.min(count, ROOM);
        boolean got = room.tryAcquire(permits, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        Batch batch = new Batch(previous, batches.incrementAndGet(), count, got ? permits : 0);
        open.put(batch.number, batch);
        return batch;
    }

    private void arrived(Message message) {
        String subject = message.getSubject();
        int dot = subject.indexOf('.', prefix.length());
        Batch batch = open.get(Long.parseLong(subject, prefix.length(), dot, 10));
        if (batch != null) {
            int index = Integer.parseInt(subject, dot + 1, subject.length(), 10);
            batch.settle(index, outcome(message));
        }
    }

    private Outcome outcome(Message message) {
        if (message.isStatusMessage()) {
            session.end(); // the next session looks whether the stream is there
            return new Outcome.Failed(TransientException.outage(
                    "no stream answers: " + message.getStatus().getCode() + "; is it missing?"));
        }
        byte[] answer = message.getData();
        if (!contains(answer, ERROR_WORD)) {
            return Outcome.Confirmed.YES;
        }
        Matcher error = ERROR.matcher(new String(answer, StandardCharsets.UTF_8));
        return new Outcome.Failed(TransientException.outage(
                "the stream refuses: " + (error.find() ? error.group(1) : "no reason given")));
    }

    private static boolean contains(byte[] text, byte[] word) {
        for (int i = 0; i + word.length <= text.length; i++) {
            if (text[i] == word[0] && Arrays.equals(text, i, i + word.length, word, 0, word.length)) {
                return true;
            }
        }
        return false;
    }

    /** Messages of one call under way. */
    final class Batch extends SentBatch {
        private final long number;
        private final int permits;
        private final String replies;
        private final AtomicReferenceArray<Outcome> outcomes;
        private final CountDownLatch missing;
        private final AtomicBoolean done = new AtomicBoolean();

        private Batch(@Nullable SentBatch previous, long number, int count, int permits) {
            super(previous);
            this.number = number;
            this.permits = permits;
            this.replies = prefix + number + ".";
            this.outcomes = new AtomicReferenceArray<>(count);
            this.missing = new CountDownLatch(count);
        }

        Acks acks() {
            return Acks.this;
        }

        String reply(int index) {
            return replies + index;
        }

        void failed(int index, PipeException why) {
            settle(index, new Outcome.Failed(why));
        }

        private void settle(int index, Outcome outcome) {
            if (outcomes.compareAndSet(index, null, outcome)) {
                missing.countDown();
                if (missing.getCount() == 0) {
                    end();
                }
            }
        }

        private void end() {
            if (done.compareAndSet(false, true)) {
                open.remove(number);
                room.release(permits);
            }
        }

        @Override
        protected List<Outcome> outcomes() throws InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!missing.await(100, TimeUnit.MILLISECONDS) && session.alive() && System.nanoTime() - end < 0) {}
            end();
            TransientException late = session.alive()
                    ? TransientException.outage("the stream has not acknowledged within " + PATIENCE.toSeconds() + " s")
                    : session.lost();
            List<Outcome> all = new ArrayList<>(outcomes.length());
            for (int i = 0; i < outcomes.length(); i++) {
                Outcome known = outcomes.get(i);
                all.add(known == null ? new Outcome.Failed(late) : known);
            }
            return all;
        }
    }
}
