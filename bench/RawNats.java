import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.Subscription;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.PublishAck;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The same relay written directly with the client library, with the same guarantees and windows: core NATS flushed at the
 * end of every batch, JetStream acknowledged after the stream at the other end has confirmed, at most 1,000 in hand.
 */
final class RawNats {
    private static final int BATCH = 100;
    private static final int WINDOW = 1000;

    public static void main(String[] args) throws Exception {
        try (Connection nc = Nats.connect(args[0])) {
            if (args[1].equals("jetstream")) {
                jetStream(nc);
            } else {
                core(nc);
            }
        }
    }

    private static void core(Connection nc) throws Exception {
        Subscription in = nc.subscribe("bench.in");
        while (true) {
            Message message = in.nextMessage(Duration.ofSeconds(1));
            for (int i = 0; message != null; i++) {
                nc.publish("bench.out", message.getHeaders(), message.getData());
                message = i + 1 < BATCH && in.getPendingMessageCount() > 0 ? in.nextMessage(Duration.ofMillis(1)) : null;
            }
            nc.flush(Duration.ofSeconds(5));
        }
    }

    private record Sent(Message message, CompletableFuture<PublishAck> ack) {}

    private static void jetStream(Connection nc) throws Exception {
        JetStream js = nc.jetStream();
        ConsumerConfiguration consumer =
                ConsumerConfiguration.builder().ackPolicy(AckPolicy.Explicit).maxAckPending(WINDOW).build();
        JetStreamSubscription in = js.subscribe(
                "bench.in", PullSubscribeOptions.builder().durable("raw").configuration(consumer).build());
        ArrayDeque<Sent> pending = new ArrayDeque<>();
        while (true) {
            List<Message> batch = new ArrayList<>(in.fetch(BATCH, Duration.ofMillis(pending.isEmpty() ? 1000 : 5)));
            for (Message message : batch) {
                pending.add(new Sent(message, js.publishAsync("bench.out", message.getHeaders(), message.getData())));
            }
            while (!pending.isEmpty() && (pending.size() > WINDOW - BATCH || pending.peek().ack().isDone() || batch.isEmpty())) {
                Sent first = pending.poll();
                first.ack().get();
                first.message().ack();
            }
        }
    }
}
