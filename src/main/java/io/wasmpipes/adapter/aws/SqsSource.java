package io.wasmpipes.adapter.aws;

import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Id;
import io.wasmpipes.Limits;
import io.wasmpipes.Link;
import io.wasmpipes.Message;
import io.wasmpipes.Settled;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/**
 * Reads a queue. Long polls go on beyond one receive, so that an idle queue costs three requests a minute; what they bring
 * stays within the last demand and has its lease kept.
 */
final class SqsSource implements Source {
    private static final Duration LONGEST = Duration.ofHours(11);

    private final AwsSettings settings;
    private final Limits limits;
    /** For calls that block: interrupting a virtual thread ends its call at once. */
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private final Link<Queue> link;
    private final Leases leases;
    private final Polls polls;
    private final AtomicLong order = new AtomicLong();
    private volatile boolean closed;

    SqsSource(AwsSettings settings, String pipe, Limits limits) {
        this.settings = settings;
        this.limits = limits;
        this.link = new Link<>(settings.shown(), AwsSettings.HINT, () -> Queue.open(settings, pipe));
        this.leases = new Leases(settings, link, threads);
        this.polls = new Polls(settings, threads, leases, this::delivery);
    }

    private Queue open() throws TransientException, InterruptedException {
        Queue queue = link.open();
        leases.start(queue.setup().visibility());
        return queue;
    }

    @Override
    public void connect() throws TransientException, InterruptedException {
        open();
    }

    @Override
    public List<Delivery> receive(Demand demand) throws TransientException, InterruptedException {
        return polls.receive(demand, this::open);
    }

    private SqsDelivery delivery(software.amazon.awssdk.services.sqs.model.Message packet, int maxReceives) {
        Map<MessageSystemAttributeName, String> system = packet.attributes();
        int number = Integer.parseInt(system.getOrDefault(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT, "1"));
        String sent = system.get(MessageSystemAttributeName.SENT_TIMESTAMP);
        String group = system.get(MessageSystemAttributeName.MESSAGE_GROUP_ID);
        AwsSettings.Reading reading = settings.reading();
        Message plain = Wire.unpack(packet, reading.raw(), reading.snsTopicArn());
        Message message = new Message(
                new Id(packet.messageId()),
                plain.body(),
                plain.headers(),
                group == null || group.equals(Wire.NO_KEY) ? null : Escapes.unescape(group),
                null,
                sent == null ? null : Instant.ofEpochMilli(Long.parseLong(sent)));
        boolean last = maxReceives > 0 && number >= maxReceives;
        Duration kept = limits.leaseMax().compareTo(LONGEST) < 0 ? limits.leaseMax() : LONGEST;
        SqsDelivery delivery = new SqsDelivery(
                message,
                new SqsDelivery.Arrival(
                        packet.receiptHandle(), number, last, order.incrementAndGet(), settings.fifo() ? group : null),
                leases.lease(),
                kept);
        leases.add(delivery);
        return delivery;
    }

    @Override
    public void settle(List<Settled> settled) throws TransientException, InterruptedException {
        leases.settle(settled);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        polls.close();
        leases.close();
        Queue queue = link.current();
        if (queue != null) {
            try {
                leases.handBack(queue);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        threads.shutdownNow();
        link.close();
    }
}
