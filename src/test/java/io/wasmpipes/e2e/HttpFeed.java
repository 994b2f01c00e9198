package io.wasmpipes.e2e;

import io.wasmpipes.support.PipeProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Posts; acknowledged is what was answered 200. */
final class HttpFeed extends Feed {
    private final int port;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();

    HttpFeed(int port, int messages) {
        super(messages);
        this.port = port;
    }

    @Override
    boolean send(int number, String body) throws InterruptedException {
        HttpRequest request = PipeProcess.request(port, "/events")
                .POST(BodyPublishers.ofString(body))
                .build();
        inFlight.incrementAndGet();
        try {
            int status = client.send(request, BodyHandlers.discarding()).statusCode();
            statuses.merge(status, 1, Integer::sum);
            return status == 200;
        } catch (IOException e) {
            return false; // killed in the middle, or not up yet
        } finally {
            inFlight.decrementAndGet();
        }
    }

    /** Requests without an answer. */
    int inFlight() {
        return inFlight.get();
    }

    /** How often each status was answered. */
    Map<Integer, Integer> statuses() {
        return Map.copyOf(statuses);
    }

    @Override
    public void close() {
        super.close();
        client.shutdownNow();
    }
}
