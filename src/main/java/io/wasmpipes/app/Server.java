package io.wasmpipes.app;

import io.micronaut.context.ApplicationContext;
import io.wasmpipes.adapter.http.HttpIngress;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Micronaut, started when it is first asked for, in the background if it is asked early: modules compile meanwhile.
 * Thread-safe.
 */
final class Server implements HttpIngress, AutoCloseable {
    private final AtomicReference<@Nullable CompletableFuture<ApplicationContext>> micronaut = new AtomicReference<>();
    private final Object[] beans;

    /** {@code beans} are what the filter and the controllers need. */
    Server(Object... beans) {
        this.beans = beans.clone();
    }

    /** Begins to start; returns at once. */
    void start() {
        boolean _ = starting().isDone();
    }

    private CompletableFuture<ApplicationContext> starting() {
        CompletableFuture<ApplicationContext> known = micronaut.get();
        if (known != null) {
            return known;
        }
        CompletableFuture<ApplicationContext> starting = new CompletableFuture<>();
        if (!micronaut.compareAndSet(null, starting)) {
            return starting();
        }
        Thread.ofPlatform().name("micronaut").daemon().start(() -> {
            try {
                starting.complete(MicronautIngress.start(beans));
            } catch (RuntimeException | Error e) {
                starting.completeExceptionally(e);
            }
        });
        return starting;
    }

    @Override
    public Binding bind(Address address, Handler handler) throws IOException {
        return ingress().bind(address, handler);
    }

    /** Listens for the management routes; answers the port. */
    int manage(Address address) throws IOException {
        return ingress().manage(address).getPort();
    }

    private MicronautIngress ingress() throws IOException {
        try {
            return new MicronautIngress(starting().join());
        } catch (CompletionException e) {
            throw new IOException("the HTTP server does not start", e);
        }
    }

    private Optional<ApplicationContext> running() {
        CompletableFuture<ApplicationContext> known = micronaut.get();
        return known != null && known.isDone() && !known.isCompletedExceptionally()
                ? Optional.of(known.join())
                : Optional.empty();
    }

    @Override
    public void close() {
        running().ifPresent(ApplicationContext::close);
    }
}
