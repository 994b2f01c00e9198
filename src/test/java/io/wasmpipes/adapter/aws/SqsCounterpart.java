package io.wasmpipes.adapter.aws;

import io.wasmpipes.Adapter;
import io.wasmpipes.Message;
import io.wasmpipes.Variables;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.contract.ProxyFaults;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.FaultProxy;
import io.wasmpipes.support.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** A queue of ElasticMQ: the adapter behind a proxy on one side, the official client on the other. */
final class SqsCounterpart implements Counterpart.ForSource, Counterpart.ForSink {
    private static final int BATCH = 10;
    private static final int BATCH_BYTES = 500_000;

    /** What the redrive policy allows. */
    private static final int MAX_RECEIVES = 10;

    private final SqsServer server = SqsServer.one();
    private final FaultProxy proxy = server.proxy();
    private final String name;
    private final String queue;
    private final List<Message> arrived = new ArrayList<>();
    private int groups;

    SqsCounterpart(boolean fifo) {
        this.name = SqsServer.fresh(fifo);
        String dead = "dead-" + name;
        server.create(dead, Map.of());
        this.queue = server.create(
                name,
                Map.of(
                        QueueAttributeName.REDRIVE_POLICY,
                        "{\"deadLetterTargetArn\":\"arn:aws:sqs:elasticmq:000000000000:" + dead
                                + "\",\"maxReceiveCount\":\"" + MAX_RECEIVES + "\"}"));
    }

    @Override
    public Adapter adapter() {
        return new AwsAdapter();
    }

    @Override
    public String uri() {
        return SqsServer.uri(name);
    }

    @Override
    public Variables variables() {
        return variables(proxy.port());
    }

    private static Variables variables(int port) {
        Map<String, String> variables = new HashMap<>(SqsServer.LOGIN);
        variables.put("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:" + port);
        return Counterpart.variables(variables);
    }

    @Override
    public Optional<Absent> absent() {
        return Optional.of(new Absent(uri(), variables(Ports.free())));
    }

    @Override
    public String secret() {
        return "s3cr3t-word";
    }

    String url() {
        return queue;
    }

    /** 1 MiB less 23 bytes for the attribute that says so, in base64. */
    @Override
    public long largest() {
        return ((1 << 20) - 23) / 4 * 3;
    }

    @Override
    public Set<String> cannotCarry() {
        return Set.of("x-empty");
    }

    @Override
    public Duration lease() {
        return Duration.ofSeconds(2);
    }

    @Override
    public int rejections() {
        return MAX_RECEIVES;
    }

    @Override
    public Optional<Faults> faults() {
        return Optional.of(new ProxyFaults(proxy));
    }

    @Override
    public void put(List<Message> messages) {
        SqsClient client = server.client();
        int most = messages.size() <= BATCH ? 1 : BATCH; // the entries of one batch have no order
        List<SendMessageBatchRequestEntry> batch = new ArrayList<>();
        int bytes = 0;
        for (Message message : messages) {
            if (batch.size() == most
                    || (!batch.isEmpty() && bytes + message.body().length() > BATCH_BYTES)) {
                send(client, batch);
                batch.clear();
                bytes = 0;
            }
            batch.add(SqsPackets.entry(
                    Integer.toString(batch.size()), SqsPackets.request(message, queue, group(message))));
            bytes += message.body().length();
        }
        if (!batch.isEmpty()) {
            send(client, batch);
        }
    }

    /** One message in hand would hold back its group: each has its own, unless it has a key. */
    private @Nullable String group(Message message) {
        String key = message.key();
        return !name.endsWith(".fifo") ? null : key == null ? "g" + groups++ : shown(key);
    }

    private void send(SqsClient client, List<SendMessageBatchRequestEntry> batch) {
        List<BatchResultErrorEntry> refused =
                client.sendMessageBatch(r -> r.queueUrl(queue).entries(batch)).failed();
        if (!refused.isEmpty()) {
            throw new IllegalStateException("SQS does not take the messages of the test: " + refused);
        }
    }

    /** A message group is named in ASCII. */
    @Override
    public String shown(String key) {
        return key.replace("ü", "__0xfc__");
    }

    @Override
    public List<Message> arrived(int count) throws Exception {
        Await.until(count + " messages arrive", () -> {
            readOn();
            return arrived.size() >= count;
        });
        return List.copyOf(arrived);
    }

    private void readOn() {
        List<software.amazon.awssdk.services.sqs.model.Message> batch;
        do {
            batch = server.client()
                    .receiveMessage(request -> request.queueUrl(queue)
                            .maxNumberOfMessages(10)
                            .messageAttributeNames("All")
                            .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
                    .messages();
            List<DeleteMessageBatchRequestEntry> read = new ArrayList<>();
            for (software.amazon.awssdk.services.sqs.model.Message packet : batch) {
                arrived.add(SqsPackets.read(packet));
                read.add(DeleteMessageBatchRequestEntry.builder()
                        .id(Integer.toString(read.size()))
                        .receiptHandle(packet.receiptHandle())
                        .build());
            }
            if (!read.isEmpty()) {
                server.client().deleteMessageBatch(r -> r.queueUrl(queue).entries(read));
            }
        } while (!batch.isEmpty());
    }

    @Override
    public void close() {
        proxy.heal();
        proxy.close();
    }
}
