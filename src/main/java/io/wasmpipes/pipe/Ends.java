package io.wasmpipes.pipe;

import io.wasmpipes.Cache;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The systems a pipe talks to: waits for their first connection, closes them. */
final class Ends {
    private final Shared shared;
    private final Map<String, Holding.Attempt> unconnected = new LinkedHashMap<>();
    private final Map<String, String> waitingFor = new LinkedHashMap<>();

    Ends(Shared shared) {
        this.shared = shared;
        Plan plan = shared.plan();
        unconnected.put("source", plan.source().source()::connect);
        for (Outlet outlet : outlets()) {
            unconnected.put(outlet.name(), outlet.sink()::connect);
        }
        Cache cache = plan.cache();
        if (cache != null) {
            unconnected.put("cache", cache::connect);
        }
        unconnected.keySet().forEach(end -> waitingFor.put(end, "not tried yet"));
    }

    private List<Outlet> outlets() {
        List<Outlet> outlets = new ArrayList<>(shared.router().all());
        Outlet deadLetters = shared.plan().deadLetters();
        if (deadLetters != null) {
            outlets.add(deadLetters);
        }
        return outlets;
    }

    /** Waits until every end has been connected once, or the pipe is stopped. */
    void connect() throws InterruptedException {
        Backoff backoff = new Backoff(shared.plan().policy().retry(), ThreadLocalRandom.current());
        while (!shared.halt().asked()) {
            for (String end : List.copyOf(unconnected.keySet())) {
                connect(end);
            }
            if (unconnected.isEmpty()) {
                return;
            }
            shared.halt().sleep(backoff.next());
        }
    }

    private void connect(String end) throws InterruptedException {
        try {
            Holding.Attempt attempt = unconnected.get(end);
            if (attempt != null) {
                attempt.run();
                unconnected.remove(end);
                told(end, null);
                shared.outages().end(end, this);
            }
        } catch (TransientException e) {
            told(end, String.valueOf(e.getMessage()));
            shared.outages().begin(end, String.valueOf(e.getMessage()), this);
        }
    }

    private void told(String end, @Nullable String why) {
        synchronized (waitingFor) {
            if (why == null) {
                waitingFor.remove(end);
            } else {
                waitingFor.put(end, why);
            }
        }
    }

    Map<String, String> waitingFor() {
        synchronized (waitingFor) {
            return Map.copyOf(waitingFor);
        }
    }

    /** Sinks first, so that they flush; the source last, so that settlements get through. */
    void close() {
        outlets().forEach(outlet -> outlet.sink().close());
        shared.plan().source().source().close();
        Cache cache = shared.plan().cache();
        if (cache != null) {
            cache.close();
        }
    }
}
