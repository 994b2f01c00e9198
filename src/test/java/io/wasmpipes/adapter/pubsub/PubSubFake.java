package io.wasmpipes.adapter.pubsub;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/**
 * A fake of Pub/Sub over gRPC: publishing, pulling, streaming pull, ack deadlines, nacks, dead-letter policies, ordering keys
 * and the limits of a request. It shows that the official client is used rightly, not what the cloud does.
 */
final class PubSubFake implements AutoCloseable {
    private static final PubSubFake ONE = new PubSubFake();

    private final Server server;
    private final PubSubStore store = new PubSubStore();
    private final Map<String, ConcurrentLinkedQueue<Status>> refusals = new ConcurrentHashMap<>();

    private PubSubFake() {
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(new PubSubPublishing(this, store))
                    .addService(new PubSubSubscribing(this, store))
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

    PubSubStore store() {
        return store;
    }

    /** The next call of {@code method} is refused so. */
    void refuse(String method, Status status) {
        refusals.computeIfAbsent(method, m -> new ConcurrentLinkedQueue<>()).add(status);
    }

    /** Whether this call is refused, and is answered with that. */
    boolean refused(String method, StreamObserver<?> answer) {
        ConcurrentLinkedQueue<Status> waiting = refusals.get(method);
        Status status = waiting == null ? null : waiting.poll();
        if (status != null) {
            answer.onError(status.asRuntimeException());
        }
        return status != null;
    }

    static <T> void answer(StreamObserver<T> observer, T value) {
        observer.onNext(value);
        observer.onCompleted();
    }

    static void missing(StreamObserver<?> observer, String name) {
        observer.onError(Status.NOT_FOUND
                .withDescription("Resource not found (resource=" + name + ").")
                .asRuntimeException());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
