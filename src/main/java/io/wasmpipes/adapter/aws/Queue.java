package io.wasmpipes.adapter.aws;

import io.wasmpipes.TransientException;
import io.wasmpipes.aws.AwsAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** One queue of SQS, and its client. Calls block; on a virtual thread they can be interrupted. */
final class Queue implements Target {
    private static final long LARGEST = 1 << 20;
    private static final int BATCH = 10;
    private static final Pattern MAX_RECEIVES = Pattern.compile("\"maxReceiveCount\"\\s*:\\s*\"?(\\d+)");

    /**
     * How the queue is set up.
     *
     * @param visibility how long a delivery is ours; 0 if it is not known
     * @param maxBytes of one message, attributes included
     * @param maxReceives how often its redrive policy lets a message be received, 0 without a policy
     */
    record Setup(Duration visibility, long maxBytes, int maxReceives) {}

    /** A delivery's new visibility. */
    record Change(String receipt, int seconds) {}

    private final AwsSettings settings;
    private final AwsAccount account;
    private final SqsClient client;
    private volatile Setup setup = new Setup(Duration.ZERO, LARGEST, 0);

    private Queue(AwsSettings settings, AwsAccount account, SqsClient client) {
        this.settings = settings;
        this.account = account;
        this.client = client;
    }

    /** Makes the client and asks for the queue's attributes. */
    static Queue open(AwsSettings settings, String pipe) throws TransientException {
        AwsAccount account = new AwsAccount(settings.access(), pipe);
        boolean done = false;
        try {
            Queue queue = new Queue(settings, account, account.client(SqsClient.builder()));
            queue.readSetup();
            done = true;
            return queue;
        } catch (SdkException | IllegalStateException e) {
            throw Refusal.outage(settings.shown(), e);
        } finally {
            if (!done) {
                account.close();
            }
        }
    }

    /** Reads how the queue is set up now. A login that may use the queue and not look at it goes by the defaults. */
    private void readSetup() {
        try {
            Map<QueueAttributeName, String> attributes = client.getQueueAttributes(
                            request -> request.queueUrl(settings.target())
                                    .attributeNames(
                                            QueueAttributeName.VISIBILITY_TIMEOUT,
                                            QueueAttributeName.MAXIMUM_MESSAGE_SIZE,
                                            QueueAttributeName.REDRIVE_POLICY))
                    .attributes();
            Matcher receives = MAX_RECEIVES.matcher(attributes.getOrDefault(QueueAttributeName.REDRIVE_POLICY, ""));
            setup = new Setup(
                    Duration.ofSeconds(
                            Long.parseLong(attributes.getOrDefault(QueueAttributeName.VISIBILITY_TIMEOUT, "0"))),
                    Long.parseLong(
                            attributes.getOrDefault(QueueAttributeName.MAXIMUM_MESSAGE_SIZE, Long.toString(LARGEST))),
                    receives.find() ? Integer.parseInt(receives.group(1)) : 0);
        } catch (AwsServiceException e) {
            if (!Refusal.of(e).forbidden()) {
                throw e;
            }
        }
    }

    Setup setup() {
        return setup;
    }

    /** Whether rejected messages have a place to go; looks again when they had none. */
    boolean redrives() {
        if (setup.maxReceives() == 0) {
            readSetup();
        }
        return setup.maxReceives() > 0;
    }

    @Override
    public Wire.Place place() {
        return new Wire.Place(settings.shown(), settings.fifo(), setup.maxBytes(), LARGEST);
    }

    /** Waits up to {@code wait} for at most {@code count} messages, 10 at most; they are ours for {@code lease}. */
    List<Message> receive(int count, Duration wait, Duration lease) {
        return client.receiveMessage(request -> request.queueUrl(settings.target())
                        .maxNumberOfMessages(count)
                        .waitTimeSeconds((int) wait.toSeconds())
                        .visibilityTimeout((int) lease.toSeconds())
                        .messageAttributeNames("All")
                        .messageSystemAttributeNames(
                                MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT,
                                MessageSystemAttributeName.SENT_TIMESTAMP,
                                MessageSystemAttributeName.MESSAGE_GROUP_ID)
                        .overrideConfiguration(o -> o.apiCallTimeout(AwsAccount.REQUEST.plus(wait))))
                .messages();
    }

    @Override
    public Map<Integer, Refused> send(List<Packet> packets) {
        List<SendMessageBatchRequestEntry> entries = new ArrayList<>(packets.size());
        for (int i = 0; i < packets.size(); i++) {
            Packet packet = packets.get(i);
            entries.add(SendMessageBatchRequestEntry.builder()
                    .id(Integer.toString(i))
                    .messageBody(packet.body())
                    .messageAttributes(attributes(packet))
                    .messageGroupId(packet.group())
                    .messageDeduplicationId(packet.deduplication())
                    .build());
        }
        return refused(client.sendMessageBatch(
                        request -> request.queueUrl(settings.target()).entries(entries))
                .failed());
    }

    private static Map<String, MessageAttributeValue> attributes(Packet packet) {
        Map<String, MessageAttributeValue> attributes = new HashMap<>();
        packet.attributes()
                .forEach((name, value) -> attributes.put(
                        name,
                        MessageAttributeValue.builder()
                                .dataType("String")
                                .stringValue(value)
                                .build()));
        return attributes;
    }

    /** Deletes up to 10 messages; those refused by their place in the list. */
    Map<Integer, Refused> delete(List<String> receipts) {
        List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>(BATCH);
        for (int i = 0; i < receipts.size(); i++) {
            entries.add(DeleteMessageBatchRequestEntry.builder()
                    .id(Integer.toString(i))
                    .receiptHandle(receipts.get(i))
                    .build());
        }
        return refused(client.deleteMessageBatch(
                        request -> request.queueUrl(settings.target()).entries(entries))
                .failed());
    }

    /** Changes the visibility of up to 10 messages, within {@code timeout}; those refused by their place in the list. */
    Map<Integer, Refused> change(List<Change> changes, Duration timeout) {
        List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>(BATCH);
        for (int i = 0; i < changes.size(); i++) {
            entries.add(ChangeMessageVisibilityBatchRequestEntry.builder()
                    .id(Integer.toString(i))
                    .receiptHandle(changes.get(i).receipt())
                    .visibilityTimeout(changes.get(i).seconds())
                    .build());
        }
        return refused(client.changeMessageVisibilityBatch(request -> request.queueUrl(settings.target())
                        .entries(entries)
                        .overrideConfiguration(o -> o.apiCallTimeout(timeout)))
                .failed());
    }

    private static Map<Integer, Refused> refused(List<BatchResultErrorEntry> failed) {
        Map<Integer, Refused> refused = new HashMap<>();
        failed.forEach(entry -> refused.put(
                Integer.parseInt(entry.id()),
                new Refused(Refusal.of(entry.code(), entry.message()), Boolean.TRUE.equals(entry.senderFault()))));
        return refused;
    }

    @Override
    public boolean alive() {
        return account.alive();
    }

    @Override
    public void close() {
        account.close();
    }
}
