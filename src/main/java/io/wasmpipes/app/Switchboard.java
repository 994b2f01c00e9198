package io.wasmpipes.app;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.server.annotation.PreMatching;
import io.wasmpipes.adapter.http.HttpIngress.Handler;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives every request to whoever listens on its port, before Micronaut looks for a route: ports and paths are decided at
 * run time, and any method must get an answer. Requests on the management port go on to the controllers.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class Switchboard {
    private final Map<Integer, Handler> handlers = new ConcurrentHashMap<>();
    private final Conduct conduct;
    private volatile int management = -1;

    Switchboard(Conduct conduct) {
        this.conduct = conduct;
    }

    void connect(int port, Handler handler) {
        handlers.put(port, handler);
    }

    void disconnect(int port) {
        handlers.remove(port);
    }

    /** Lets the requests of this port through to the controllers. */
    void manage(int port) {
        management = port;
    }

    /** Null lets the request go on. */
    @PreMatching
    @RequestFilter
    @Nullable
    CompletionStage<@Nullable HttpResponse<?>> answer(HttpRequest<?> request) {
        int port = request.getServerAddress().getPort();
        if (port == management) {
            return null;
        }
        ServerRequest incoming = new ServerRequest((ServerHttpRequest<?>) request);
        return conduct.handle(handlers.get(port), incoming).thenApply(ServerResponse::of);
    }
}
