package io.wasmpipes.adapter.pubsub;

import com.google.api.core.ApiFuture;
import com.google.api.core.ApiFutureCallback;
import com.google.api.core.ApiFutures;
import com.google.api.gax.grpc.GrpcCallContext;
import com.google.api.gax.rpc.StatusCode;
import com.google.pubsub.v1.PullRequest;
import com.google.pubsub.v1.PullResponse;
import com.google.pubsub.v1.ReceivedMessage;
import io.wasmpipes.Pulls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/** Pulls messages of a subscription, each counted as the largest seen lately. */
final class PullRequests extends Pulls<Connection, PubSubDelivery> {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final long SMALLEST = 16 << 10;

    private final PubSubSettings settings;
    private final ExecutorService threads;
    private final BiFunction<ReceivedMessage, Connection, PubSubDelivery> deliveries;
    private final AtomicLong typical = new AtomicLong(SMALLEST);

    PullRequests(
            PubSubSettings settings,
            ExecutorService threads,
            BiFunction<ReceivedMessage, Connection, PubSubDelivery> deliveries) {
        super(settings.batch());
        this.settings = settings;
        this.threads = threads;
        this.deliveries = deliveries;
    }

    @Override
    protected long size(Connection connection) {
        return typical.get();
    }

    @Override
    protected Future<?> send(Connection connection, Request request) {
        PullRequest pull = PullRequest.newBuilder()
                .setSubscription(settings.path())
                .setMaxMessages(request.count())
                .build();
        ApiFuture<PullResponse> answer = connection
                .subscriber()
                .pullCallable()
                .futureCall(pull, GrpcCallContext.createDefault().withTimeoutDuration(WAIT));
        ApiFutures.addCallback(
                answer,
                new ApiFutureCallback<PullResponse>() {
                    @Override
                    public void onSuccess(PullResponse response) {
                        answered(request, response, connection);
                    }

                    @Override
                    public void onFailure(Throwable e) {
                        refused(request, e, connection);
                    }
                },
                threads);
        return answer;
    }

    private void answered(Request request, PullResponse response, Connection connection) {
        List<PubSubDelivery> made = response.getReceivedMessagesList().stream()
                .map(each -> deliveries.apply(each, connection))
                .toList();
        long largest =
                made.stream().mapToLong(each -> each.message().size()).max().orElse(0);
        typical.updateAndGet(before -> Math.max(Math.max(SMALLEST, largest), before - before / 8));
        arrived(request, made);
    }

    private void refused(Request request, Throwable e, Connection connection) {
        if (Failures.code(e) == StatusCode.Code.DEADLINE_EXCEEDED) {
            failed(request, null); // nothing has come in time
            return;
        }
        connection.connectAtOnce();
        if (Failures.ofTheConnection(e)) {
            connection.close(); // the next one logs in anew
        }
        failed(request, Failures.outage(settings.shown(), e));
    }
}
