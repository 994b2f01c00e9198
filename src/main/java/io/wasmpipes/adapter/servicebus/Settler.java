package io.wasmpipes.adapter.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.models.DeadLetterOptions;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Settles many messages at a time, and waits until the service has said yes to each. Any thread. */
final class Settler {
    private static final Duration STEP = Duration.ofMillis(50);
    private static final Duration PARTING = Duration.ofSeconds(3);

    /** The longest text that the service takes for a reason. */
    private static final int MOST_TEXT = 4096;

    private final Clients clients;
    private final Holder holder;

    Settler(Clients clients, Holder holder) {
        this.clients = clients;
        this.holder = holder;
    }

    /** One settlement under way. */
    private record Asked(ServiceBusDelivery delivery, Inbox inbox, CompletableFuture<Void> answer) {}

    /** {@code newest} is the inbox in use. */
    void settle(Inbox newest, List<Settled> settled) throws TransientException, InterruptedException {
        List<Asked> all = new ArrayList<>(settled.size());
        for (Settled each : settled) {
            if (each.delivery() instanceof ServiceBusDelivery delivery && delivery.claim()) {
                Inbox inbox = holder.inbox(delivery, newest);
                Mono<Void> asked = ask(inbox.client(), delivery, each.settlement());
                if (asked != null) {
                    all.add(new Asked(delivery, inbox, asked.toFuture()));
                }
            }
        }
        await(all);
    }

    /** Null if there is nothing to wait for: the message is held until its delay is over. */
    private @Nullable Mono<Void> ask(
            ServiceBusReceiverAsyncClient client, ServiceBusDelivery delivery, Settlement settlement) {
        return switch (settlement) {
            case Settlement.Done _ -> client.complete(delivery.packed());
            case Settlement.Reject(Throwable cause) -> client.deadLetter(delivery.packed(), reason(cause));
            case Settlement.Retry(Duration delay, Throwable _) ->
                holder.park(delivery, delay) ? null : client.abandon(delivery.packed());
        };
    }

    private static DeadLetterOptions reason(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        return new DeadLetterOptions()
                .setDeadLetterReason("rejected by wasm-pipes")
                .setDeadLetterErrorDescription(text.substring(0, Math.min(text.length(), MOST_TEXT)));
    }

    private void await(List<Asked> all) throws TransientException, InterruptedException {
        long end = System.nanoTime() + Clients.ANSWER.toNanos();
        TransientException failure = null;
        try {
            for (Asked each : all) {
                TransientException why = answered(each, end);
                failure = failure == null ? why : failure;
            }
        } finally {
            all.forEach(this::conclude);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Null if it is settled or its lock is lost. What is asked of a client that has ended is never answered. */
    private @Nullable TransientException answered(Asked asked, long end) throws InterruptedException {
        CompletableFuture<Void> answer = asked.answer();
        while (!answer.isDone() && asked.inbox().alive() && System.nanoTime() - end < 0) {
            try {
                answer.get(STEP.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                // looked at above and below
            }
        }
        try {
            clients.await(answer, Duration.ZERO);
            return null;
        } catch (TransientException e) {
            return Failures.lockLost(e) ? null : e;
        }
    }

    /** What is settled, or lost, is let go of; the rest is ours again, for the next try. */
    private void conclude(Asked asked) {
        CompletableFuture<Void> answer = asked.answer();
        boolean settled = answer.isDone() && !answer.isCompletedExceptionally();
        boolean lost =
                answer.isCompletedExceptionally() && !answer.isCancelled() && Failures.lockLost(answer.exceptionNow());
        if (settled || lost) {
            holder.remove(asked.delivery());
        } else {
            asked.delivery().unclaim();
        }
    }

    /** Gives back what is left, as far as it can be done in a short time; the rest comes again when its lock ends. */
    void giveBack(ServiceBusReceiverAsyncClient client, List<ServiceBusDelivery> left) {
        CompletableFuture<?>[] answers = left.stream()
                .map(delivery ->
                        client.abandon(delivery.packed()).onErrorComplete().toFuture())
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(answers).get(PARTING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // their locks end by themselves
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
