package io.wasmpipes.adapter.aws;

import io.wasmpipes.TransientException;
import io.wasmpipes.aws.AwsAccount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;

/** One topic of SNS, and its client. */
final class Topic implements Target {
    private static final long LARGEST = 256 << 10;

    private final AwsSettings settings;
    private final AwsAccount account;
    private final SnsClient client;

    private Topic(AwsSettings settings, AwsAccount account, SnsClient client) {
        this.settings = settings;
        this.account = account;
        this.client = client;
    }

    /** Makes the client and asks for the topic. A login that may publish and not look at the topic is enough. */
    static Topic open(AwsSettings settings, String pipe) throws TransientException {
        AwsAccount account = new AwsAccount(settings.access(), pipe);
        boolean done = false;
        try {
            SnsClient client = account.client(SnsClient.builder());
            try {
                client.getTopicAttributes(request -> request.topicArn(settings.target()));
            } catch (AwsServiceException e) {
                if (!Refusal.of(e).forbidden()) {
                    throw e;
                }
            }
            done = true;
            return new Topic(settings, account, client);
        } catch (SdkException | IllegalStateException e) {
            throw Refusal.outage(settings.shown(), e);
        } finally {
            if (!done) {
                account.close();
            }
        }
    }

    @Override
    public Wire.Place place() {
        return new Wire.Place(settings.shown(), settings.fifo(), LARGEST, LARGEST);
    }

    @Override
    public Map<Integer, Refused> send(List<Packet> packets) {
        List<PublishBatchRequestEntry> entries = new ArrayList<>(packets.size());
        for (int i = 0; i < packets.size(); i++) {
            Packet packet = packets.get(i);
            entries.add(PublishBatchRequestEntry.builder()
                    .id(Integer.toString(i))
                    .message(packet.body())
                    .messageAttributes(attributes(packet))
                    .messageGroupId(packet.group())
                    .messageDeduplicationId(packet.deduplication())
                    .build());
        }
        Map<Integer, Refused> refused = new HashMap<>();
        for (BatchResultErrorEntry entry : client.publishBatch(
                        request -> request.topicArn(settings.target()).publishBatchRequestEntries(entries))
                .failed()) {
            refused.put(
                    Integer.parseInt(entry.id()),
                    new Refused(Refusal.of(entry.code(), entry.message()), Boolean.TRUE.equals(entry.senderFault())));
        }
        return refused;
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

    @Override
    public boolean alive() {
        return account.alive();
    }

    @Override
    public void close() {
        account.close();
    }
}
