package io.wasmpipes.adapter.http;

import io.micronaut.core.io.buffer.ReadBuffer;
import io.micronaut.http.ByteBodyHttpResponse;
import io.micronaut.http.HttpResponse;
import io.wasmpipes.Outcome;
import io.wasmpipes.TransientException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** One request under way: its outcome stands when the answer's body has been drained, without being kept. */
final class Sending implements Subscriber<HttpResponse<?>> {
    private final String what;
    private final long deadline;
    private final IntConsumer end;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile int status;
    private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();

    /** {@code deadline} by {@link System#nanoTime()}; {@code end} hears once, on any thread and before the outcome stands, the status or 0. */
    Sending(String what, long deadline, IntConsumer end) {
        this.what = what;
        this.deadline = deadline;
        this.end = end;
    }

    /** Ended before it began. */
    static Sending failed(Outcome.Failed why) {
        Sending sending = new Sending("", 0, _ -> {});
        sending.end(why);
        return sending;
    }

    private void end(Outcome verdict) {
        if (ended.compareAndSet(false, true)) {
            end.accept(status);
            boolean _ = outcome.complete(verdict);
        }
    }

    /** Waits for the outcome until the deadline, and a moment more for those that were sent last; then breaks it off. */
    Outcome await() throws InterruptedException {
        try {
            return outcome.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            fail("does not answer in time", e);
            cancel();
            return outcome.join();
        } catch (ExecutionException e) {
            throw new IllegalStateException("outcomes are values", e);
        }
    }

    private void cancel() {
        Subscription subscription = upstream.get();
        if (subscription != null) {
            subscription.cancel();
        }
    }

    private void fail(String how, @Nullable Throwable cause) {
        String text = what + " " + how;
        end(new Outcome.Failed(
                cause == null ? TransientException.outage(text) : TransientException.outage(text, cause)));
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream.set(subscription);
        subscription.request(1);
    }

    @Override
    public void onNext(HttpResponse<?> response) {
        status = response.code();
        Outcome verdict = Verdict.of(response.code(), response.getHeaders().get("Retry-After"), what, Instant.now());
        if (response instanceof ByteBodyHttpResponse<?> raw) {
            drain(raw, verdict);
        } else {
            end(verdict);
        }
    }

    private void drain(ByteBodyHttpResponse<?> response, Outcome verdict) {
        Publisher<ReadBuffer> body = response.byteBody().toReadBufferPublisher();
        body.subscribe(new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                upstream.set(subscription);
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(ReadBuffer part) {
                part.close();
            }

            @Override
            public void onError(Throwable cause) {
                fail("broke off its answer", cause);
                response.close();
            }

            @Override
            public void onComplete() {
                end(verdict);
                response.close();
            }
        });
    }

    @Override
    public void onError(Throwable cause) {
        fail("failed: " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        String text = cause.getMessage();
        return text == null ? cause.getClass().getSimpleName() : text;
    }

    @Override
    public void onComplete() {
        // an answer without a value would be a bug of the client's; drained answers have completed the outcome or will
    }
}
