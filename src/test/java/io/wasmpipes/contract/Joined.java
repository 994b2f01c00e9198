package io.wasmpipes.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Promise;
import io.wasmpipes.pipe.Inlet;
import io.wasmpipes.pipe.Order;
import io.wasmpipes.pipe.Outlet;
import io.wasmpipes.pipe.Pipe;
import io.wasmpipes.pipe.PipeEvents;
import io.wasmpipes.pipe.PipeStatus;
import io.wasmpipes.pipe.Plan;
import io.wasmpipes.pipe.Retry;
import io.wasmpipes.support.Await;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A pipe from one system to another, each with its own client on the far side. */
final class Joined implements AutoCloseable {

    private final ContractEnd in;
    private final ContractEnd out;
    private final Pipe pipe;
    private final Thread runner;
    private volatile @Nullable Throwable failure;

    Joined(ContractEnd in, ContractEnd out) throws Exception {
        this.in = in;
        this.out = out;
        Context context = AdapterContract.context();
        Endpoint source = in.contract().endpoint();
        Endpoint sink = out.contract().endpoint();
        this.pipe = new Pipe(
                new Plan(
                        "matrix",
                        new Inlet(
                                source.toString(),
                                in.counterpart().adapter().source(source, context),
                                promises(in),
                                UnaryOperator.identity(),
                                false),
                        new Outlet(
                                "sink",
                                sink.toString(),
                                out.counterpart().adapter().sink(sink, context),
                                promises(out),
                                UnaryOperator.identity()),
                        Map.of(),
                        null,
                        List.of(),
                        null,
                        new Plan.Policy(
                                4,
                                Order.AUTO,
                                Limits.DEFAULT,
                                Retry.DEFAULT,
                                new Plan.DeadLetterLimit(20, 1000),
                                Duration.ofSeconds(10))),
                PipeEvents.NONE,
                InstantSource.system());
        this.runner = Thread.ofPlatform().name("joined").start(this::run);
        Await.until("the pipe runs", () -> failure != null || pipe.status().phase() == PipeStatus.Phase.RUNNING);
    }

    private void run() {
        try {
            pipe.run();
        } catch (Exception | Error e) {
            failure = e;
        }
    }

    private static Set<Promise> promises(ContractEnd end) {
        return end.counterpart().adapter().promises(end.contract().endpoint());
    }

    private boolean both(Promise promise) {
        return promises(in).contains(promise) && promises(out).contains(promise);
    }

    /** The largest body that both take. */
    long largest() {
        long one = in.counterpart().largest() == 0
                ? Long.MAX_VALUE
                : in.counterpart().largest();
        long other = out.counterpart().largest() == 0
                ? Long.MAX_VALUE
                : out.counterpart().largest();
        return Math.min(one, other);
    }

    boolean onlyText() {
        return in.counterpart().onlyText().isPresent()
                || out.counterpart().onlyText().isPresent();
    }

    /** The usual headers, but for those that one of the two cannot carry. */
    Headers headers() {
        return AdapterContract.TEXT_HEADERS.keep(
                header -> !in.counterpart().cannotCarry().contains(header.name())
                        && !out.counterpart().cannotCarry().contains(header.name()));
    }

    /** Puts the messages in, all with bodies of their own, and compares what comes out, by what both promise. */
    void carry(List<Message> messages) throws Exception {
        ((Counterpart.ForSource) in.counterpart()).put(messages);
        List<Message> arrived = arrived(messages.size());
        assertThat(failure).isNull();
        Map<Object, Message> byBody = new HashMap<>();
        arrived.forEach(message -> byBody.put(message.body(), message));
        for (Message sent : messages) {
            Message got = byBody.get(sent.body());
            assertThat(got).as("of " + sent.body().length() + " bytes").isNotNull();
            if (both(Promise.HEADERS)) {
                AdapterContract.assertHeaders(got.headers(), sent.headers());
            }
            if (both(Promise.KEY) && sent.key() != null) {
                assertThat(got.key()).isEqualTo(((Counterpart.ForSink) out.counterpart()).shown(sent.key()));
            }
        }
        if (promises(in).contains(Promise.ORDERED)) {
            checkOrder(messages, arrived);
        }
    }

    /** So many different ones: a slow source may give some twice. */
    private List<Message> arrived(int count) throws Exception {
        try {
            int wanted = count;
            while (true) {
                List<Message> arrived = ((Counterpart.ForSink) out.counterpart()).arrived(wanted);
                if (arrived.stream().map(Message::body).distinct().count() >= count) {
                    return arrived;
                }
                wanted = arrived.size() + 1;
            }
        } catch (AssertionError e) {
            String pair = in.contract().title() + " to " + out.contract().title();
            throw new AssertionError(pair + ": " + e.getMessage() + "; " + pipe.status() + " " + failure, e);
        }
    }

    /** Of each key, where the sink knows keys: that is all the order it may have. */
    private void checkOrder(List<Message> messages, List<Message> arrived) {
        Map<Bytes, String> orders = new HashMap<>();
        for (Message message : messages) {
            orders.put(message.body(), both(Promise.KEY) ? String.valueOf(message.key()) : "");
        }
        for (String order : new HashSet<>(orders.values())) {
            assertThat(arrived.stream().map(Message::body).distinct().filter(body -> order.equals(orders.get(body))))
                    .as(
                            "order of '%s' from %s to %s",
                            order, in.contract().title(), out.contract().title())
                    .containsExactlyElementsOf(messages.stream()
                            .map(Message::body)
                            .filter(body -> order.equals(orders.get(body)))
                            .toList());
        }
    }

    /** A header that says which one it is. */
    static Headers with(Headers headers, String value) {
        return headers.isEmpty() ? headers : Headers.of(append(headers, Header.of("x-number", value)));
    }

    private static List<Header> append(Headers headers, Header more) {
        List<Header> all = new ArrayList<>(headers.list());
        all.add(more);
        return all;
    }

    @Override
    public void close() {
        pipe.stop();
        try {
            runner.join(Duration.ofSeconds(60));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
