package io.wasmpipes.adapter.pubsub;

import com.google.api.core.ApiFuture;
import com.google.api.gax.grpc.GrpcCallContext;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.StatusCode;
import com.google.protobuf.Empty;
import com.google.pubsub.v1.AcknowledgeRequest;
import com.google.pubsub.v1.ModifyAckDeadlineRequest;
import io.wasmpipes.Settlement;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call of settle: deliveries that were claimed and how they end, told to the subscription. One thread. */
final class Settling {
    private static final int LONGEST = 600;

    private final PubSubSettings settings;
    private final Connection connection;
    private final List<PubSubDelivery> done = new ArrayList<>();
    private final Map<Integer, List<PubSubDelivery>> back = new LinkedHashMap<>();
    private final List<PubSubDelivery> rejected = new ArrayList<>();
    private @Nullable TransientException why;

    Settling(PubSubSettings settings, Connection connection) {
        this.settings = settings;
        this.connection = connection;
    }

    /** Takes in a claimed delivery. */
    void add(PubSubDelivery delivery, Settlement settlement) {
        switch (settlement) {
            case Settlement.Done _ -> done.add(delivery);
            case Settlement.Retry(Duration delay, Throwable _) -> {
                if (!settings.nackLazy()) {
                    int seconds =
                            (int) Math.min(LONGEST, delay.plusNanos(999_999_999).toSeconds());
                    back.computeIfAbsent(seconds, s -> new ArrayList<>()).add(delivery);
                }
            }
            case Settlement.Reject _ -> rejected.add(delivery);
        }
    }

    /**
     * Tells the subscription.
     *
     * @throws TransientException if something was not heard; that is no longer claimed then
     */
    void run() throws TransientException, InterruptedException {
        List<PubSubDelivery> unheard = new ArrayList<>(done);
        unheard.addAll(rejected);
        back.values().forEach(unheard::addAll);
        try {
            for (List<PubSubDelivery> batch : batches(done)) {
                hear(batch, acknowledge(batch), unheard);
            }
            if (mayReject()) {
                back.computeIfAbsent(0, s -> new ArrayList<>()).addAll(rejected);
            }
            for (Map.Entry<Integer, List<PubSubDelivery>> each : back.entrySet()) {
                for (List<PubSubDelivery> batch : batches(each.getValue())) {
                    hear(batch, modify(batch, each.getKey()), unheard);
                }
            }
        } finally {
            unheard.forEach(delivery -> delivery.lease().unclaim());
        }
        if (why != null) {
            throw why;
        }
    }

    private static List<List<PubSubDelivery>> batches(List<PubSubDelivery> all) {
        List<List<PubSubDelivery>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += Leases.BATCH) {
            batches.add(all.subList(from, Math.min(all.size(), from + Leases.BATCH)));
        }
        return batches;
    }

    /** Rejected messages come at once until the dead-letter policy takes them; without one they have no place to go. */
    private boolean mayReject() throws InterruptedException {
        if (rejected.isEmpty()) {
            return false;
        }
        try {
            if (connection.mayReject()) {
                return true;
            }
            why = TransientException.outage("a message was rejected, and " + settings.shown()
                    + " has no dead-letter policy: give it one, or set DEAD_LETTER_URI, or on_reject=skip");
        } catch (TransientException e) {
            why = e;
        }
        return false;
    }

    private ApiFuture<Empty> acknowledge(List<PubSubDelivery> batch) {
        AcknowledgeRequest.Builder request = AcknowledgeRequest.newBuilder().setSubscription(settings.path());
        batch.forEach(delivery -> request.addAckIds(delivery.arrival().ackId()));
        return connection.subscriber().acknowledgeCallable().futureCall(request.build(), context());
    }

    private ApiFuture<Empty> modify(List<PubSubDelivery> batch, int seconds) {
        ModifyAckDeadlineRequest.Builder request = ModifyAckDeadlineRequest.newBuilder()
                .setSubscription(settings.path())
                .setAckDeadlineSeconds(seconds);
        batch.forEach(delivery -> request.addAckIds(delivery.arrival().ackId()));
        return connection.subscriber().modifyAckDeadlineCallable().futureCall(request.build(), context());
    }

    private static GrpcCallContext context() {
        return GrpcCallContext.createDefault().withTimeoutDuration(Connection.REQUEST);
    }

    /** Waits for the answer and strikes what was heard, or is not ours any more, off the unheard. */
    private void hear(List<PubSubDelivery> batch, ApiFuture<Empty> answer, List<PubSubDelivery> unheard)
            throws InterruptedException {
        try {
            Connection.get(answer);
            unheard.removeAll(batch);
        } catch (ApiException e) {
            StatusCode.Code code = Failures.code(e);
            if (code == StatusCode.Code.INVALID_ARGUMENT || code == StatusCode.Code.FAILED_PRECONDITION) {
                unheard.removeAll(batch); // some ack ids have run out: with exactly-once delivery that is an error
                return;
            }
            connection.connectAtOnce();
            if (Failures.ofTheConnection(e)) {
                connection.close(); // the next one logs in anew
            }
            why = Failures.outage(settings.shown(), e);
        } catch (IllegalStateException e) { // closed meanwhile
            why = TransientException.outage("the connection to " + settings.shown() + " is closed");
        }
    }
}
