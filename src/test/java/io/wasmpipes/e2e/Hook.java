package io.wasmpipes.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP endpoint of this machine that takes everything, at its own pace, and keeps it or only counts it. */
final class Hook implements AutoCloseable {
    /** What came, with the query of its URI; empty if there was none. */
    record Post(String query, Map<String, List<String>> headers, String body) {}

    private final HttpServer server;
    private final Duration pace;
    private final boolean keeps;
    private final List<Post> posts = new CopyOnWriteArrayList<>();
    private final AtomicInteger count = new AtomicInteger();

    private Hook(Duration pace, boolean keeps) {
        this.pace = pace;
        this.keeps = keeps;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::take);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /** Keeps what comes. */
    static Hook keeping() {
        return new Hook(Duration.ZERO, true);
    }

    /** Takes {@code pace} for each and forgets it. */
    static Hook slow(Duration pace) {
        return new Hook(pace, false);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Thread.sleep(pace);
            if (keeps) {
                String query = exchange.getRequestURI().getQuery();
                posts.add(new Post(
                        query == null ? "" : query,
                        Map.copyOf(exchange.getRequestHeaders()),
                        new String(body, StandardCharsets.UTF_8)));
            }
            count.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    List<Post> posts() {
        return List.copyOf(posts);
    }

    int count() {
        return count.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
