package io.wasmpipes.e2e;

import io.wasmpipes.support.FaultProxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** A queue whose messages come again after three seconds; the pipe comes in through a slow proxy. */
final class SqsSite implements Site {
    private static final int BATCH = 10;

    private final String queue;
    private final FaultProxy proxy;
    private final SqsClient client;
    private final String url;
    private final Arrivals arrivals = new Arrivals();
    private final Thread reader = Thread.ofPlatform().daemon().unstarted(this::read);

    /** @param looked whether the numbers that arrive are taken out, to be looked at */
    SqsSite(int port, String queue, boolean looked) {
        this.queue = queue;
        this.proxy = FaultProxy.before(port);
        proxy.delay(Duration.ofMillis(10));
        this.client = SqsClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + port))
                .region(Region.US_EAST_1)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .build();
        this.url = client.createQueue(
                        q -> q.queueName(queue).attributes(Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "3")))
                .queueUrl();
        if (looked) {
            reader.start();
        }
    }

    private String uri() {
        return "awssqs://sqs.us-east-1.amazonaws.com/000000000000/" + queue + "?region=us-east-1";
    }

    private Map<String, String> access(String prefix) {
        return Map.of(
                prefix + "URI",
                uri(),
                prefix + "AWS_ENDPOINT_URL_SQS",
                "http://127.0.0.1:" + proxy.port(),
                prefix + "AWS_ACCESS_KEY_ID",
                "x",
                prefix + "AWS_SECRET_ACCESS_KEY",
                "x");
    }

    @Override
    public Map<String, String> asSource() {
        return access("SOURCE_");
    }

    @Override
    public Map<String, String> asSink() {
        return access("SINK_");
    }

    @Override
    public void put(List<Integer> numbers) {
        for (int i = 0; i < numbers.size(); i += BATCH) {
            List<SendMessageBatchRequestEntry> entries = new ArrayList<>();
            for (int number : numbers.subList(i, Math.min(numbers.size(), i + BATCH))) {
                entries.add(SendMessageBatchRequestEntry.builder()
                        .id("n" + number)
                        .messageBody(Feed.body(number))
                        .build());
            }
            if (!client.sendMessageBatch(r -> r.queueUrl(url).entries(entries))
                    .failed()
                    .isEmpty()) {
                throw new IllegalStateException("SQS does not take the messages of the test");
            }
        }
    }

    private void read() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                List<Message> batch = client.receiveMessage(
                                r -> r.queueUrl(url).maxNumberOfMessages(BATCH).waitTimeSeconds(1))
                        .messages();
                batch.forEach(message -> arrivals.add(message.body()));
                List<DeleteMessageBatchRequestEntry> done = batch.stream()
                        .map(m -> DeleteMessageBatchRequestEntry.builder()
                                .id(m.messageId())
                                .receiptHandle(m.receiptHandle())
                                .build())
                        .toList();
                if (!done.isEmpty()) {
                    client.deleteMessageBatch(r -> r.queueUrl(url).entries(done));
                }
            }
        } catch (SdkException e) {
            // closed
        }
    }

    @Override
    public List<Integer> arrived() {
        return arrivals.list();
    }

    @Override
    public void close() {
        reader.interrupt();
        proxy.close();
        client.close();
    }
}
