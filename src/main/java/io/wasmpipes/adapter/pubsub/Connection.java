package io.wasmpipes.adapter.pubsub;

import com.google.api.core.ApiFuture;
import com.google.api.gax.batching.BatchingSettings;
import com.google.api.gax.core.CredentialsProvider;
import com.google.api.gax.core.FixedCredentialsProvider;
import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.GrpcCallContext;
import com.google.api.gax.grpc.GrpcTransportChannel;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.FixedTransportChannelProvider;
import com.google.api.gax.rpc.StatusCode;
import com.google.api.gax.rpc.UnaryCallSettings;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.pubsub.v1.stub.GrpcPublisherStub;
import com.google.cloud.pubsub.v1.stub.GrpcSubscriberStub;
import com.google.cloud.pubsub.v1.stub.PublisherStub;
import com.google.cloud.pubsub.v1.stub.PublisherStubSettings;
import com.google.cloud.pubsub.v1.stub.SubscriberStub;
import com.google.cloud.pubsub.v1.stub.SubscriberStubSettings;
import com.google.pubsub.v1.GetSubscriptionRequest;
import com.google.pubsub.v1.GetTopicRequest;
import com.google.pubsub.v1.Subscription;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.wasmpipes.Link;
import io.wasmpipes.TransientException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One channel to Pub/Sub with the client's stubs on it. The stubs are used and not the high-level Publisher and
 * Subscriber: those buffer and retry by themselves, which is the pipe's to decide. No call is repeated here.
 */
final class Connection implements Link.Session {
    /** How long one call may take; a pull sets its own. */
    static final Duration REQUEST = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofSeconds(4);
    private static final int MAX_INBOUND = 24 << 20;
    private static final int KEEP_ALIVE_SECONDS = 60;
    private static final String SERVICE = "pubsub.googleapis.com:443";
    private static final String SCOPE = "https://www.googleapis.com/auth/pubsub";

    private final PubSubSettings settings;
    private final ManagedChannel channel;
    private final SubscriberStub subscriber;
    private final PublisherStub publisher;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Subscription subscription = Subscription.getDefaultInstance();

    private Connection(PubSubSettings settings, ManagedChannel channel, CredentialsProvider login) throws IOException {
        this.settings = settings;
        this.channel = channel;
        FixedTransportChannelProvider transport =
                FixedTransportChannelProvider.create(GrpcTransportChannel.create(channel));
        this.subscriber = GrpcSubscriberStub.create(SubscriberStubSettings.newBuilder()
                .setTransportChannelProvider(transport)
                .setCredentialsProvider(login)
                .applyToAllUnaryMethods(Connection::once)
                .build());
        PublisherStubSettings.Builder publishing = PublisherStubSettings.newBuilder()
                .setTransportChannelProvider(transport)
                .setCredentialsProvider(login)
                .applyToAllUnaryMethods(Connection::once);
        once(publishing.publishSettings()); // which else joins requests of several ordering keys, and these are refused
        publishing
                .publishSettings()
                .setBatchingSettings(
                        BatchingSettings.newBuilder().setIsEnabled(false).build());
        this.publisher = GrpcPublisherStub.create(publishing.build());
    }

    @SuppressWarnings("NullAway") // Void has no other value
    private static Void once(UnaryCallSettings.Builder<?, ?> call) {
        call.setRetryableCodes().setSimpleTimeoutNoRetriesDuration(REQUEST);
        return null;
    }

    /** Opens a channel and looks whether the topic or subscription is there. */
    static Connection open(PubSubSettings settings) throws TransientException, InterruptedException {
        boolean emulated = !settings.emulator().isEmpty();
        ManagedChannelBuilder<?> builder = ManagedChannelBuilder.forTarget(emulated ? settings.emulator() : SERVICE)
                .maxInboundMessageSize(MAX_INBOUND)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(REQUEST.toSeconds(), TimeUnit.SECONDS);
        CredentialsProvider login =
                emulated ? NoCredentialsProvider.create() : FixedCredentialsProvider.create(credentials(settings));
        ManagedChannel channel = emulated ? builder.usePlaintext().build() : builder.build();
        boolean done = false;
        try {
            Connection connection = new Connection(settings, channel, login);
            connection.look();
            done = true;
            return connection;
        } catch (IOException e) {
            throw TransientException.outage("no client for " + settings.shown() + ": " + e.getMessage(), e);
        } finally {
            if (!done) {
                channel.shutdownNow();
            }
        }
    }

    private static GoogleCredentials credentials(PubSubSettings settings) throws TransientException {
        Optional<String> file = settings.variables().get("GOOGLE_APPLICATION_CREDENTIALS");
        try {
            if (file.isEmpty()) {
                return GoogleCredentials.getApplicationDefault().createScoped(SCOPE);
            }
            try (InputStream key = Files.newInputStream(Path.of(file.get()))) {
                return GoogleCredentials.fromStream(key).createScoped(SCOPE);
            }
        } catch (IOException e) {
            throw TransientException.outage("no credentials for " + settings.shown()
                    + ": set GOOGLE_APPLICATION_CREDENTIALS to a readable key file");
        }
    }

    /** A login that may use the topic or subscription and not look at it is enough. */
    private void look() throws TransientException, InterruptedException {
        GrpcCallContext context = GrpcCallContext.createDefault().withTimeoutDuration(LOOK);
        try {
            if (settings.path().contains("/subscriptions/")) {
                subscription = get(subscriber
                        .getSubscriptionCallable()
                        .futureCall(
                                GetSubscriptionRequest.newBuilder()
                                        .setSubscription(settings.path())
                                        .build(),
                                context));
            } else {
                get(publisher
                        .getTopicCallable()
                        .futureCall(
                                GetTopicRequest.newBuilder()
                                        .setTopic(settings.path())
                                        .build(),
                                context));
            }
        } catch (ApiException e) {
            if (Failures.code(e) != StatusCode.Code.PERMISSION_DENIED) {
                throw Failures.outage(settings.shown(), e);
            }
        }
    }

    /** Waits for the answer of a call, which ends by its own timeout. */
    static <T> T get(ApiFuture<T> call) throws InterruptedException {
        try {
            return call.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            call.cancel(true);
        }
    }

    SubscriberStub subscriber() {
        return subscriber;
    }

    PublisherStub publisher() {
        return publisher;
    }

    /** How long a delivery is ours, in seconds: what the subscription says, else the service's default. */
    int ackDeadline() {
        int seconds = subscription.getAckDeadlineSeconds();
        return seconds > 0 ? seconds : 10;
    }

    /** How often a message is delivered before it becomes a dead letter, 0 for ever. */
    int maxAttempts() {
        return subscription.hasDeadLetterPolicy()
                ? Math.max(5, subscription.getDeadLetterPolicy().getMaxDeliveryAttempts())
                : 0;
    }

    /** Whether rejected messages have a place to go, or we may not know; looks again when they had none. */
    boolean mayReject() throws TransientException, InterruptedException {
        if (!subscription.hasDeadLetterPolicy()) {
            look();
        }
        return subscription.hasDeadLetterPolicy() || subscription.getName().isEmpty();
    }

    /** After a failure: the next call connects at once, whatever gRPC's backoff says; waiting is the pipe's. */
    void connectAtOnce() {
        channel.resetConnectBackoff();
    }

    @Override
    public boolean alive() {
        return !closed.get();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                subscriber.close();
                publisher.close();
            } finally {
                channel.shutdownNow();
            }
        }
    }
}
