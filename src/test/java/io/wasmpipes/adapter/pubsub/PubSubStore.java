package io.wasmpipes.adapter.pubsub;

import com.google.protobuf.Timestamp;
import com.google.pubsub.v1.PublishRequest;
import com.google.pubsub.v1.PublishResponse;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.ReceivedMessage;
import com.google.pubsub.v1.Subscription;
import io.grpc.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The topics of {@link PubSubFake}, its subscriptions, and what they hold. Thread-safe. */
final class PubSubStore {
    /** A message in a subscription. */
    private static final class Stored {
        private final PubsubMessage message;
        private int attempts;
        private long visibleAt = System.nanoTime();
        private String ackId = "";

        Stored(PubsubMessage message) {
            this.message = message;
        }
    }

    /** A subscription and what it holds. */
    static final class Backlog {
        final Subscription subscription;
        private final List<Stored> messages = new ArrayList<>();

        Backlog(Subscription subscription) {
            this.subscription = subscription;
        }
    }

    private final Map<String, List<PubsubMessage>> topics = new ConcurrentHashMap<>();
    private final Map<String, Backlog> subscriptions = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();

    long fresh() {
        return number.incrementAndGet();
    }

    void createTopic(String path) {
        topics.put(path, new ArrayList<>());
    }

    void createSubscription(Subscription subscription) {
        subscriptions.put(subscription.getName(), new Backlog(subscription));
    }

    boolean hasTopic(String path) {
        return topics.containsKey(path);
    }

    @Nullable
    Backlog subscription(String path) {
        return subscriptions.get(path);
    }

    /** What has been published to a topic. */
    synchronized List<PubsubMessage> published(String topic) {
        return List.copyOf(topics.getOrDefault(topic, List.of()));
    }

    synchronized PublishResponse publish(PublishRequest request) {
        PublishResponse.Builder response = PublishResponse.newBuilder();
        for (PubsubMessage given : request.getMessagesList()) {
            Instant now = Instant.now();
            PubsubMessage message = given.toBuilder()
                    .setMessageId(Long.toString(number.incrementAndGet()))
                    .setPublishTime(Timestamp.newBuilder()
                            .setSeconds(now.getEpochSecond())
                            .setNanos(now.getNano()))
                    .build();
            topics.get(request.getTopic()).add(message);
            for (Backlog backlog : subscriptions.values()) {
                if (backlog.subscription.getTopic().equals(request.getTopic())) {
                    backlog.messages.add(new Stored(message));
                }
            }
            response.addMessageIds(message.getMessageId());
        }
        notifyAll();
        return response.build();
    }

    /** What may be delivered now. */
    private List<ReceivedMessage> deliver(Backlog backlog, int most) {
        List<ReceivedMessage> delivered = new ArrayList<>();
        Set<String> blocked = new HashSet<>();
        long now = System.nanoTime();
        for (Stored stored : List.copyOf(backlog.messages)) {
            String key = backlog.subscription.getEnableMessageOrdering() ? stored.message.getOrderingKey() : "";
            boolean visible = stored.visibleAt - now <= 0;
            boolean first = key.isEmpty() || !blocked.contains(key);
            if (!visible || !first || delivered.size() >= most) {
                blocked.add(key);
                continue;
            }
            if (toDeadLetters(backlog, stored)) {
                continue;
            }
            stored.attempts++;
            stored.ackId = stored.message.getMessageId() + "-" + stored.attempts;
            stored.visibleAt = now + backlog.subscription.getAckDeadlineSeconds() * 1_000_000_000L;
            delivered.add(ReceivedMessage.newBuilder()
                    .setAckId(stored.ackId)
                    .setMessage(stored.message)
                    .setDeliveryAttempt(backlog.subscription.hasDeadLetterPolicy() ? stored.attempts : 0)
                    .build());
        }
        return delivered;
    }

    private boolean toDeadLetters(Backlog backlog, Stored stored) {
        int most = backlog.subscription.getDeadLetterPolicy().getMaxDeliveryAttempts();
        boolean over = backlog.subscription.hasDeadLetterPolicy() && stored.attempts >= most;
        if (over) {
            backlog.messages.remove(stored);
            topics.computeIfAbsent(
                            backlog.subscription.getDeadLetterPolicy().getDeadLetterTopic(), t -> new ArrayList<>())
                    .add(stored.message);
        }
        return over;
    }

    synchronized void acknowledge(String subscription, List<String> ackIds) {
        Set<String> ids = Set.copyOf(ackIds);
        Backlog backlog = subscriptions.get(subscription);
        backlog.messages.removeIf(stored -> ids.contains(stored.ackId));
        notifyAll();
    }

    synchronized void modify(String subscription, List<String> ackIds, int seconds) {
        Set<String> ids = Set.copyOf(ackIds);
        for (Stored stored : subscriptions.get(subscription).messages) {
            if (ids.contains(stored.ackId)) {
                stored.visibleAt = System.nanoTime() + seconds * 1_000_000_000L;
            }
        }
        notifyAll();
    }

    /** Waits until something may be delivered or the caller has gone. */
    synchronized List<ReceivedMessage> await(Backlog backlog, int most, Context caller) throws InterruptedException {
        while (!caller.isCancelled()) {
            List<ReceivedMessage> some = deliver(backlog, most);
            if (!some.isEmpty()) {
                return some;
            }
            wait(20);
        }
        return List.of();
    }
}
