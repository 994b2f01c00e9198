package io.wasmpipes.adapter.aws;

import io.wasmpipes.Pulls;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.model.Message;

/** Receives messages of a queue, each counted as the largest that the queue takes. */
final class Polls extends Pulls<Queue, SqsDelivery> {
    private static final int MAX_MESSAGES = 10;

    private final AwsSettings settings;
    private final ExecutorService threads;
    private final Leases leases;
    private final BiFunction<Message, Integer, SqsDelivery> deliveries;

    /** {@code deliveries} makes a delivery of a message and the number of receives that the queue allows. */
    Polls(
            AwsSettings settings,
            ExecutorService threads,
            Leases leases,
            BiFunction<Message, Integer, SqsDelivery> deliveries) {
        super(MAX_MESSAGES);
        this.settings = settings;
        this.threads = threads;
        this.leases = leases;
        this.deliveries = deliveries;
    }

    @Override
    protected long size(Queue queue) {
        return queue.setup().maxBytes();
    }

    @Override
    protected Future<?> send(Queue queue, Request request) {
        return threads.submit(() -> poll(queue, request));
    }

    private void poll(Queue queue, Request request) {
        try {
            List<Message> messages =
                    queue.receive(request.count(), settings.reading().waitTime(), leases.lease());
            int most = queue.setup().maxReceives();
            arrived(
                    request,
                    messages.stream().map(each -> deliveries.apply(each, most)).toList());
        } catch (SdkException | IllegalStateException e) {
            if (e instanceof AwsServiceException service && Refusal.of(service).ofTheCaller()) {
                queue.close(); // the next one logs in anew
            }
            failed(request, Refusal.outage(settings.shown(), e));
        }
    }
}
