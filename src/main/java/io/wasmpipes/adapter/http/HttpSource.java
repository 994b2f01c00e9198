package io.wasmpipes.adapter.http;

import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.adapter.http.HttpIngress.Address;
import io.wasmpipes.adapter.http.HttpIngress.Answer;
import io.wasmpipes.adapter.http.HttpIngress.Binding;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Requests as messages. A request waits, holding no thread, until its message is settled or its time is up. Messages that
 * were let in and are not settled never exceed the pipe's budget: what comes above it is answered 503.
 */
final class HttpSource implements Source {
    private static final Answer OK = Answer.text(200, "ok");
    private static final Duration SWEEP = Duration.ofMillis(50);

    private final HttpIngress ingress;
    private final Address address;
    private final HttpIngress.Handler intake;
    private final Waiting waiting;
    private final @Nullable Replies replies;
    private final Answer done;
    private @Nullable Thread timeouts;
    private @Nullable Binding binding;
    private boolean closed;

    /** {@code replies} is null where the sender gets no output back. */
    HttpSource(HttpIngress ingress, Address address, Setup setup, Context context, @Nullable Replies replies) {
        this.ingress = ingress;
        this.address = address;
        this.replies = replies;
        this.done = setup.options().confirmed() ? OK : Intake.TAKEN; // the pipe may be faster than the answer
        SourceOptions options = setup.options().bounded(context.limits());
        this.waiting = new Waiting(new Room(context.limits()), options.timeout());
        Rate rate = options.rate() == null
                ? null
                : Rate.parse(options.rate(), System::nanoTime).orElse(null);
        this.intake = new Intake(
                options,
                replies != null,
                setup.guard(),
                rate,
                waiting,
                task -> Thread.ofVirtual().name("http-inflate").start(task));
    }

    /** What the endpoint says. */
    record Setup(SourceOptions options, Guard guard) {}

    @Override
    public synchronized void connect() throws TransientException {
        if (binding != null || closed) {
            return;
        }
        try {
            binding = ingress.bind(address, intake);
        } catch (IOException e) {
            throw TransientException.outage(
                    "cannot listen on " + address.host() + ":" + address.port() + ": " + e.getMessage(), e);
        }
        timeouts = Thread.ofPlatform().name("http-timeouts").daemon().start(this::expire);
    }

    private void expire() {
        try {
            while (!Thread.interrupted()) {
                Thread.sleep(SWEEP);
                waiting.lapse();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** The port it listens on; -1 before it does. */
    synchronized int port() {
        return binding == null ? -1 : binding.port();
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        connect();
        return List.copyOf(waiting.take(demand));
    }

    @Override
    public void settle(List<Settled> settled) {
        for (Settled one : settled) {
            if (one.delivery() instanceof Exchange exchange) {
                waiting.end(exchange, answer(one.settlement()));
            }
        }
    }

    private Answer answer(Settlement settlement) {
        return switch (settlement) {
            case Settlement.Done(var reply) -> replies == null ? done : replies.answer(reply);
            case Settlement.Retry(var delay, var _) ->
                Answer.text(503, "try again").with("Retry-After", Intake.seconds(delay));
            case Settlement.Reject(var cause) -> Answer.text(422, reason(cause));
        };
    }

    /** What a sender may know: the pipe's own exceptions are written for people, others are not. */
    private static String reason(Throwable cause) {
        if (cause instanceof PoisonException poison) {
            String stage = poison.stage().isEmpty() ? "" : poison.stage() + ": ";
            return stage + Objects.requireNonNullElse(poison.getMessage(), "rejected");
        }
        return "rejected";
    }

    @Override
    public void close() {
        Binding bound;
        Thread clockwork;
        synchronized (this) {
            closed = true;
            bound = binding;
            clockwork = timeouts;
            binding = null;
        }
        if (clockwork != null) {
            clockwork.interrupt();
        }
        waiting.close();
        if (bound != null) {
            bound.close();
        }
    }
}
