package io.wasmpipes.adapter.pubsub;

import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import com.google.pubsub.v1.AcknowledgeRequest;
import com.google.pubsub.v1.GetSubscriptionRequest;
import com.google.pubsub.v1.GetTopicRequest;
import com.google.pubsub.v1.ModifyAckDeadlineRequest;
import com.google.pubsub.v1.PublishRequest;
import com.google.pubsub.v1.PublishResponse;
import com.google.pubsub.v1.PublisherGrpc;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.PullRequest;
import com.google.pubsub.v1.PullResponse;
import com.google.pubsub.v1.StreamingPullRequest;
import com.google.pubsub.v1.StreamingPullResponse;
import com.google.pubsub.v1.SubscriberGrpc;
import com.google.pubsub.v1.Subscription;
import com.google.pubsub.v1.Topic;
import io.grpc.Context;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A fake of Pub/Sub over gRPC: publishing, pulling, streaming pull, ack deadlines, nacks, dead-letter policies, ordering keys
 * and the limits of a request. It shows that the official client is used rightly, not what the cloud does.
 */
final class PubSubFake implements AutoCloseable {
    private static final PubSubFake ONE = new PubSubFake();
    private static final int MAX_REQUEST = 10_000_000;

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
    private static final class Backlog {
        private final Subscription subscription;
        private final List<Stored> messages = new ArrayList<>();

        Backlog(Subscription subscription) {
            this.subscription = subscription;
        }
    }

    private final Server server;
    private final Map<String, List<PubsubMessage>> topics = new ConcurrentHashMap<>();
    private final Map<String, Backlog> subscriptions = new ConcurrentHashMap<>();
    private final Map<String, ConcurrentLinkedQueue<Status>> refusals = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();

    private PubSubFake() {
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(new Publishing())
                    .addService(new Subscribing())
                    .maxInboundMessageSize(20_000_000)
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PubSubFake one() {
        return ONE;
    }

    int port() {
        return server.getPort();
    }

    long fresh() {
        return number.incrementAndGet();
    }

    void createTopic(String path) {
        topics.put(path, new ArrayList<>());
    }

    void createSubscription(Subscription subscription) {
        subscriptions.put(subscription.getName(), new Backlog(subscription));
    }

    /** The next call of {@code method} is refused so. */
    void refuse(String method, Status status) {
        refusals.computeIfAbsent(method, m -> new ConcurrentLinkedQueue<>()).add(status);
    }

    /** What has been published to a topic. */
    synchronized List<PubsubMessage> published(String topic) {
        return List.copyOf(topics.getOrDefault(topic, List.of()));
    }

    private boolean refused(String method, StreamObserver<?> answer) {
        ConcurrentLinkedQueue<Status> waiting = refusals.get(method);
        Status status = waiting == null ? null : waiting.poll();
        if (status != null) {
            answer.onError(status.asRuntimeException());
        }
        return status != null;
    }

    private static <T> void answer(StreamObserver<T> observer, T value) {
        observer.onNext(value);
        observer.onCompleted();
    }

    private static void missing(StreamObserver<?> observer, String name) {
        observer.onError(Status.NOT_FOUND
                .withDescription("Resource not found (resource=" + name + ").")
                .asRuntimeException());
    }

    private synchronized PublishResponse publish(PublishRequest request) {
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

    private static String invalid(PublishRequest request) {
        if (request.getSerializedSize() > MAX_REQUEST) {
            return "The request is too large.";
        }
        Set<String> keys = new HashSet<>();
        for (PubsubMessage message : request.getMessagesList()) {
            keys.add(message.getOrderingKey());
            if (message.getData().isEmpty() && message.getAttributesCount() == 0) {
                return "Some messages in the request have neither data nor attributes.";
            }
            if (message.getAttributesOrDefault("poison", "").equals("yes")) {
                return "An attribute is not to Pub/Sub's liking.";
            }
        }
        return keys.size() > 1 ? "All messages of a request must have one ordering key." : "";
    }

    /** What may be delivered now. */
    private synchronized List<com.google.pubsub.v1.ReceivedMessage> deliver(Backlog backlog, int most) {
        List<com.google.pubsub.v1.ReceivedMessage> delivered = new ArrayList<>();
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
            delivered.add(com.google.pubsub.v1.ReceivedMessage.newBuilder()
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

    private synchronized void acknowledge(String subscription, List<String> ackIds) {
        Set<String> ids = Set.copyOf(ackIds);
        Backlog backlog = subscriptions.get(subscription);
        backlog.messages.removeIf(stored -> ids.contains(stored.ackId));
        notifyAll();
    }

    private synchronized void modify(String subscription, List<String> ackIds, int seconds) {
        Set<String> ids = Set.copyOf(ackIds);
        for (Stored stored : subscriptions.get(subscription).messages) {
            if (ids.contains(stored.ackId)) {
                stored.visibleAt = System.nanoTime() + seconds * 1_000_000_000L;
            }
        }
        notifyAll();
    }

    /** Waits until something may be delivered or the caller has gone. */
    private synchronized List<com.google.pubsub.v1.ReceivedMessage> await(Backlog backlog, int most, Context caller)
            throws InterruptedException {
        while (!caller.isCancelled()) {
            List<com.google.pubsub.v1.ReceivedMessage> some = deliver(backlog, most);
            if (!some.isEmpty()) {
                return some;
            }
            wait(20);
        }
        return List.of();
    }

    private final class Publishing extends PublisherGrpc.PublisherImplBase {
        @Override
        public void getTopic(GetTopicRequest request, StreamObserver<Topic> observer) {
            if (refused("GetTopic", observer)) {
                return;
            }
            if (topics.containsKey(request.getTopic())) {
                answer(observer, Topic.newBuilder().setName(request.getTopic()).build());
            } else {
                missing(observer, request.getTopic());
            }
        }

        @Override
        public void publish(PublishRequest request, StreamObserver<PublishResponse> observer) {
            if (refused("Publish", observer)) {
                return;
            }
            String invalid = invalid(request);
            if (!invalid.isEmpty()) {
                observer.onError(
                        Status.INVALID_ARGUMENT.withDescription(invalid).asRuntimeException());
            } else if (topics.containsKey(request.getTopic())) {
                answer(observer, PubSubFake.this.publish(request));
            } else {
                missing(observer, request.getTopic());
            }
        }
    }

    private final class Subscribing extends SubscriberGrpc.SubscriberImplBase {
        @Override
        public void getSubscription(GetSubscriptionRequest request, StreamObserver<Subscription> observer) {
            Backlog backlog = subscriptions.get(request.getSubscription());
            if (refused("GetSubscription", observer)) {
                return;
            }
            if (backlog == null) {
                missing(observer, request.getSubscription());
            } else {
                answer(observer, backlog.subscription);
            }
        }

        @Override
        public void pull(PullRequest request, StreamObserver<PullResponse> observer) {
            Backlog backlog = subscriptions.get(request.getSubscription());
            if (refused("Pull", observer)) {
                return;
            }
            if (backlog == null) {
                missing(observer, request.getSubscription());
                return;
            }
            try {
                answer(
                        observer,
                        PullResponse.newBuilder()
                                .addAllReceivedMessages(await(backlog, request.getMaxMessages(), Context.current()))
                                .build());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public StreamObserver<StreamingPullRequest> streamingPull(StreamObserver<StreamingPullResponse> observer) {
            Context caller = Context.current();
            return new StreamObserver<>() {
                @Override
                public void onNext(StreamingPullRequest request) {
                    if (!request.getSubscription().isEmpty()) {
                        Thread.ofVirtual()
                                .start(() -> stream(subscriptions.get(request.getSubscription()), observer, caller));
                    }
                }

                @Override
                public void onError(Throwable e) {}

                @Override
                public void onCompleted() {
                    observer.onCompleted();
                }
            };
        }

        private void stream(Backlog backlog, StreamObserver<StreamingPullResponse> observer, Context caller) {
            try {
                while (!caller.isCancelled()) {
                    observer.onNext(StreamingPullResponse.newBuilder()
                            .addAllReceivedMessages(await(backlog, 1000, caller))
                            .build());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void acknowledge(AcknowledgeRequest request, StreamObserver<Empty> observer) {
            if (!refused("Acknowledge", observer)) {
                PubSubFake.this.acknowledge(request.getSubscription(), request.getAckIdsList());
                answer(observer, Empty.getDefaultInstance());
            }
        }

        @Override
        public void modifyAckDeadline(ModifyAckDeadlineRequest request, StreamObserver<Empty> observer) {
            if (!refused("ModifyAckDeadline", observer)) {
                modify(request.getSubscription(), request.getAckIdsList(), request.getAckDeadlineSeconds());
                answer(observer, Empty.getDefaultInstance());
            }
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
