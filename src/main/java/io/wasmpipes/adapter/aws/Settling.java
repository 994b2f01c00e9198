package io.wasmpipes.adapter.aws;

import io.wasmpipes.Settlement;
import io.wasmpipes.TransientException;
import io.wasmpipes.aws.AwsAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** One call of settle: deliveries that were claimed and how they end, told to the queue in batches of 10. One thread. */
final class Settling {
    static final int BATCH = 10;
    static final int LONGEST = 12 * 60 * 60;

    /** A claimed delivery and in how many seconds it comes again. */
    private record Return(SqsDelivery delivery, int seconds) {}

    private record Answer(List<SqsDelivery> asked, Future<Map<Integer, Target.Refused>> answer) {}

    private final AwsSettings settings;
    private final ExecutorService threads;
    private final Queue queue;
    private final List<SqsDelivery> done = new ArrayList<>();
    private final List<Return> back = new ArrayList<>();
    private final List<SqsDelivery> rejected = new ArrayList<>();
    private @Nullable TransientException why;

    Settling(AwsSettings settings, ExecutorService threads, Queue queue) {
        this.settings = settings;
        this.threads = threads;
        this.queue = queue;
    }

    /** Takes in a claimed delivery. */
    void add(SqsDelivery delivery, Settlement settlement) {
        switch (settlement) {
            case Settlement.Done _ -> done.add(delivery);
            case Settlement.Retry(Duration delay, Throwable _) -> {
                int seconds =
                        (int) Math.min(LONGEST, delay.plusNanos(999_999_999).toSeconds());
                back.add(new Return(delivery, seconds));
            }
            case Settlement.Reject _ -> rejected.add(delivery);
        }
    }

    /**
     * Tells the queue.
     *
     * @throws TransientException if something was not heard; that is no longer claimed then
     */
    void run() throws TransientException, InterruptedException {
        List<SqsDelivery> unheard = new ArrayList<>(rejected);
        done.forEach(unheard::add);
        back.forEach(each -> unheard.add(each.delivery()));
        try {
            List<Answer> answers = new ArrayList<>();
            for (int from = 0; from < done.size(); from += BATCH) {
                List<SqsDelivery> batch = done.subList(from, Math.min(done.size(), from + BATCH));
                List<String> receipts =
                        batch.stream().map(d -> d.arrival().receipt()).toList();
                answers.add(new Answer(batch, ask(() -> queue.delete(receipts))));
            }
            for (Answer answer : answers) {
                unheard.removeAll(hear(answer));
            }
            if (mayReject()) {
                rejected.forEach(delivery -> back.add(new Return(delivery, 0)));
            }
            handBack(unheard);
        } catch (RejectedExecutionException e) {
            why = TransientException.outage("the connection to " + settings.shown() + " is closed");
        } finally {
            unheard.forEach(delivery -> delivery.lease().unclaim());
        }
        if (why != null) {
            throw why;
        }
    }

    /** Rejected messages come at once until the redrive policy takes them; without one they have no place to go. */
    private boolean mayReject() {
        if (rejected.isEmpty()) {
            return false;
        }
        try {
            if (queue.redrives()) {
                return true;
            }
            why = TransientException.outage("a message was rejected, and " + settings.shown()
                    + " has no redrive policy: give it one, or set DEAD_LETTER_URI, or on_reject=skip");
        } catch (SdkException | IllegalStateException e) {
            why = Refusal.outage(settings.shown(), e);
        }
        return false;
    }

    /** One batch after the other: of a group the first comes back first. */
    private void handBack(List<SqsDelivery> unheard) throws InterruptedException {
        if (settings.reading().nackLazy()) {
            back.removeIf(each -> !rejected.contains(each.delivery()) && unheard.remove(each.delivery()));
        }
        for (int from = 0; from < back.size(); from += BATCH) {
            List<Return> batch = back.subList(from, Math.min(back.size(), from + BATCH));
            List<Queue.Change> changes = batch.stream()
                    .map(each -> new Queue.Change(each.delivery().arrival().receipt(), seconds(each)))
                    .toList();
            List<SqsDelivery> asked = batch.stream().map(Return::delivery).toList();
            unheard.removeAll(hear(new Answer(asked, ask(() -> queue.change(changes, AwsAccount.REQUEST)))));
        }
    }

    /** No message stays invisible for more than 12 hours in all. */
    private static int seconds(Return each) {
        return Math.max(0, Math.min(each.seconds(), LONGEST - each.delivery().age() - 1));
    }

    private Future<Map<Integer, Target.Refused>> ask(Callable<Map<Integer, Target.Refused>> call) {
        return threads.submit(call);
    }

    /** Waits for the answer; those that the queue has heard of, or that are not ours any more. */
    private List<SqsDelivery> hear(Answer answer) throws InterruptedException {
        List<SqsDelivery> heard = new ArrayList<>(answer.asked());
        try {
            answer.answer().get().forEach((index, refused) -> {
                if (!refused.why().ofTheReceipt()) {
                    heard.remove(answer.asked().get(index));
                    why = refused.why().outage(settings.shown());
                }
            });
            return heard;
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof RuntimeException failure)) {
                throw new IllegalStateException(e.getCause());
            }
            why = Refusal.outage(settings.shown(), failure);
            if (failure instanceof AwsServiceException service
                    && Refusal.of(service).ofTheCaller()) {
                queue.close(); // the next one logs in anew
            }
            return List.of();
        } finally {
            answer.answer().cancel(true);
        }
    }
}
