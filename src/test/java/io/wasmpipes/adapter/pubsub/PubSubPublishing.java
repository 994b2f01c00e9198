package io.wasmpipes.adapter.pubsub;

import com.google.pubsub.v1.GetTopicRequest;
import com.google.pubsub.v1.PublishRequest;
import com.google.pubsub.v1.PublishResponse;
import com.google.pubsub.v1.PublisherGrpc;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.Topic;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.Set;

/** What answers the calls of publishers. */
final class PubSubPublishing extends PublisherGrpc.PublisherImplBase {
    private static final int MAX_REQUEST = 10_000_000;

    private final PubSubFake fake;
    private final PubSubStore store;

    PubSubPublishing(PubSubFake fake, PubSubStore store) {
        this.fake = fake;
        this.store = store;
    }

    @Override
    public void getTopic(GetTopicRequest request, StreamObserver<Topic> observer) {
        if (fake.refused("GetTopic", observer)) {
            return;
        }
        if (store.hasTopic(request.getTopic())) {
            PubSubFake.answer(
                    observer, Topic.newBuilder().setName(request.getTopic()).build());
        } else {
            PubSubFake.missing(observer, request.getTopic());
        }
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<PublishResponse> observer) {
        if (fake.refused("Publish", observer)) {
            return;
        }
        String invalid = invalid(request);
        if (!invalid.isEmpty()) {
            observer.onError(Status.INVALID_ARGUMENT.withDescription(invalid).asRuntimeException());
        } else if (store.hasTopic(request.getTopic())) {
            PubSubFake.answer(observer, store.publish(request));
        } else {
            PubSubFake.missing(observer, request.getTopic());
        }
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
}
