package io.wasmpipes.adapter.pubsub;

import com.google.protobuf.Empty;
import com.google.pubsub.v1.AcknowledgeRequest;
import com.google.pubsub.v1.GetSubscriptionRequest;
import com.google.pubsub.v1.ModifyAckDeadlineRequest;
import com.google.pubsub.v1.PullRequest;
import com.google.pubsub.v1.PullResponse;
import com.google.pubsub.v1.StreamingPullRequest;
import com.google.pubsub.v1.StreamingPullResponse;
import com.google.pubsub.v1.SubscriberGrpc;
import com.google.pubsub.v1.Subscription;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;

/** What answers the calls of subscribers. */
final class PubSubSubscribing extends SubscriberGrpc.SubscriberImplBase {
    private final PubSubFake fake;
    private final PubSubStore store;

    PubSubSubscribing(PubSubFake fake, PubSubStore store) {
        this.fake = fake;
        this.store = store;
    }

    @Override
    public void getSubscription(GetSubscriptionRequest request, StreamObserver<Subscription> observer) {
        PubSubStore.Backlog backlog = store.subscription(request.getSubscription());
        if (fake.refused("GetSubscription", observer)) {
            return;
        }
        if (backlog == null) {
            PubSubFake.missing(observer, request.getSubscription());
        } else {
            PubSubFake.answer(observer, backlog.subscription);
        }
    }

    @Override
    public void pull(PullRequest request, StreamObserver<PullResponse> observer) {
        PubSubStore.Backlog backlog = store.subscription(request.getSubscription());
        if (fake.refused("Pull", observer)) {
            return;
        }
        if (backlog == null) {
            PubSubFake.missing(observer, request.getSubscription());
            return;
        }
        try {
            PubSubFake.answer(
                    observer,
                    PullResponse.newBuilder()
                            .addAllReceivedMessages(store.await(backlog, request.getMaxMessages(), Context.current()))
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
                            .start(() -> stream(store.subscription(request.getSubscription()), observer, caller));
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

    private void stream(PubSubStore.Backlog backlog, StreamObserver<StreamingPullResponse> observer, Context caller) {
        try {
            while (!caller.isCancelled()) {
                observer.onNext(StreamingPullResponse.newBuilder()
                        .addAllReceivedMessages(store.await(backlog, 1000, caller))
                        .build());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void acknowledge(AcknowledgeRequest request, StreamObserver<Empty> observer) {
        if (!fake.refused("Acknowledge", observer)) {
            store.acknowledge(request.getSubscription(), request.getAckIdsList());
            PubSubFake.answer(observer, Empty.getDefaultInstance());
        }
    }

    @Override
    public void modifyAckDeadline(ModifyAckDeadlineRequest request, StreamObserver<Empty> observer) {
        if (!fake.refused("ModifyAckDeadline", observer)) {
            store.modify(request.getSubscription(), request.getAckIdsList(), request.getAckDeadlineSeconds());
            PubSubFake.answer(observer, Empty.getDefaultInstance());
        }
    }
}
