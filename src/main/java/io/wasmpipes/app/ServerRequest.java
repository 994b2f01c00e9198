package io.wasmpipes.app;

import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.body.AvailableByteBody;
import io.micronaut.http.body.ByteBody;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.adapter.http.HeaderText;
import io.wasmpipes.adapter.http.HttpIngress;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A request of Micronaut's server. */
final class ServerRequest implements HttpIngress.Request {
    private final ServerHttpRequest<?> request;
    private final URI uri;
    private final Headers headers;

    ServerRequest(ServerHttpRequest<?> request) {
        this.request = request;
        this.uri = request.getUri();
        this.headers = headers(request);
    }

    private static Headers headers(ServerHttpRequest<?> request) {
        List<Header> list = new ArrayList<>();
        request.getHeaders().forEachValue((name, value) -> list.add(Header.of(name, HeaderText.decode(value))));
        return Headers.of(list);
    }

    @Override
    public String method() {
        return request.getMethodName();
    }

    @Override
    public String path() {
        return Objects.requireNonNullElse(uri.getRawPath(), "/");
    }

    @Override
    public String query() {
        return Objects.requireNonNullElse(uri.getRawQuery(), "");
    }

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public OptionalLong length() {
        return request.byteBody().expectedLength();
    }

    @Override
    public CompletionStage<@Nullable Void> read(Predicate<byte[]> chunk) {
        ByteBody body = request.byteBody();
        if (body instanceof AvailableByteBody available) {
            byte[] whole = available.toByteArray();
            boolean _ = BodySubscriber.offer(whole, chunk);
            return CompletableFuture.completedFuture(null);
        }
        BodySubscriber subscriber = new BodySubscriber(chunk);
        body.toByteArrayPublisher().subscribe(subscriber);
        return subscriber.end;
    }

    /** Asks for one chunk after the other. */
    private static final class BodySubscriber implements Subscriber<byte[]> {
        private final Predicate<byte[]> chunk;
        private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        private @Nullable Subscription subscription;

        BodySubscriber(Predicate<byte[]> chunk) {
            this.chunk = chunk;
        }

        /** Whether there is a wish for more. */
        static boolean offer(byte[] part, Predicate<byte[]> chunk) {
            return part.length == 0 || chunk.test(part);
        }

        @Override
        public void onSubscribe(Subscription opened) {
            subscription = opened;
            opened.request(1);
        }

        @Override
        public void onNext(byte[] part) {
            Subscription open = Objects.requireNonNull(subscription);
            if (end.isDone()) {
                return;
            }
            if (offer(part, chunk)) {
                open.request(1);
            } else {
                open.cancel();
                end.complete(null);
            }
        }

        @Override
        public void onError(Throwable cause) {
            end.completeExceptionally(new IOException("the body broke off", cause));
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }
}
