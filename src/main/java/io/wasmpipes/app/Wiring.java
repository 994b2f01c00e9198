package io.wasmpipes.app;

import io.wasmpipes.Adapter;
import io.wasmpipes.Cache;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.Stage;
import io.wasmpipes.adapter.http.HttpAdapter;
import io.wasmpipes.adapter.http.HttpIngress;
import io.wasmpipes.cache.Caches;
import io.wasmpipes.config.Ends;
import io.wasmpipes.config.Flow;
import io.wasmpipes.config.Settings;
import io.wasmpipes.pipe.Inlet;
import io.wasmpipes.pipe.Order;
import io.wasmpipes.pipe.Outlet;
import io.wasmpipes.pipe.Plan;
import io.wasmpipes.pipe.Retry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Makes a plan of settings: opens every end, without connecting, and every module. */
final class Wiring {
    private final Settings settings;
    private final List<Adapter> adapters;
    private final Context context;

    Wiring(Settings settings, List<Adapter> adapters) {
        this.settings = settings;
        this.adapters = adapters;
        this.context = new Context(
                settings.pipe(),
                settings.flow().limits(),
                settings.service().stateDir(),
                InstantSource.system(),
                settings.ends().source().endpoint());
    }

    /** Every adapter on the class path, to ask, not to open. */
    static List<Adapter> adapters() {
        return ServiceLoader.load(Adapter.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /** Every adapter on the class path, HTTP sources listening through {@code ingress}. */
    static List<Adapter> adapters(HttpIngress ingress) {
        List<Adapter> adapters = new ArrayList<>();
        for (Adapter adapter : adapters()) {
            adapters.add(adapter instanceof HttpAdapter http ? http.on(ingress) : adapter);
        }
        return List.copyOf(adapters);
    }

    Plan plan(List<Stage.Factory> stages) throws ConfigException {
        Ends ends = settings.ends();
        checkWrites(stages);
        Map<String, Outlet> labelled = new LinkedHashMap<>();
        for (Map.Entry<String, Ends.SinkEnd> end : ends.labelled().entrySet()) {
            labelled.put(end.getKey(), outlet("sink:" + end.getKey(), end.getValue()));
        }
        return new Plan(
                settings.pipe(),
                inlet(ends),
                ends.sink().isReply() ? null : outlet("sink", ends.sink()),
                labelled,
                ends.deadLetters().isPresent()
                        ? outlet("dead-letter", ends.deadLetters().get())
                        : null,
                stages,
                stages.isEmpty() ? null : cache(),
                policy());
    }

    /** What a module writes to the cache is no part of a transaction of source and sinks. */
    void checkWrites(List<Stage.Factory> stages) throws ConfigException {
        Endpoint source = settings.ends().source().endpoint();
        if (adapter(source).promises(source).contains(Promise.EXACTLY_ONCE)) {
            Problems problems = new Problems();
            stages.stream()
                    .filter(Stage.Factory::writesCache)
                    .forEach(stage -> problems.add(
                            "module " + stage.name(),
                            "",
                            "writes to the cache, which cannot be exactly once together with " + source.variable(),
                            "leave exactly_once out, or the module"));
            problems.throwIfAny();
        }
    }

    private Inlet inlet(Ends ends) throws ConfigException {
        Endpoint endpoint = ends.source().endpoint();
        Adapter adapter = adapter(endpoint);
        Source source = ends.sink().isReply() && adapter instanceof HttpAdapter http
                ? http.function(endpoint, ends.sink().endpoint(), context)
                : adapter.source(endpoint, context);
        return new Inlet(
                endpoint.toString(),
                source,
                adapter.promises(endpoint),
                ends.source().headers()::apply,
                ends.source().onReject() == Ends.OnReject.SKIP);
    }

    private Outlet outlet(String name, Ends.SinkEnd end) throws ConfigException {
        Endpoint endpoint = end.endpoint();
        Adapter adapter = adapter(endpoint);
        Sink sink = adapter.sink(endpoint, context);
        return new Outlet(name, endpoint.toString(), sink, adapter.promises(endpoint), end.headers()::apply);
    }

    private Adapter adapter(Endpoint endpoint) {
        return adapters.stream()
                .filter(adapter -> adapter.schemes().contains(endpoint.scheme()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("settings know the schemes: " + endpoint.scheme()));
    }

    private @Nullable Cache cache() throws ConfigException {
        return Caches.open(
                settings.cache().endpoint(),
                settings.cache().namespace(),
                settings.cache().maxBytes());
    }

    private Plan.Policy policy() {
        Flow flow = settings.flow();
        Flow.Retry retry = flow.retry();
        Plan.DeadLetterLimit limit = settings.ends()
                .deadLetterLimit()
                .map(given -> new Plan.DeadLetterLimit(given.letters(), given.messages()))
                .orElse(new Plan.DeadLetterLimit(Integer.MAX_VALUE, 1));
        return new Plan.Policy(
                flow.workers(),
                order(flow.order()),
                flow.limits(),
                new Retry(retry.initialInterval(), retry.maxInterval(), retry.maxElapsed(), retry.maxDeliveries()),
                limit,
                settings.service().shutdown().timeout(),
                flow.hopLimit());
    }

    private static Order order(Flow.Order order) {
        return switch (order) {
            case AUTO -> Order.AUTO;
            case KEY -> Order.KEY;
            case SOURCE -> Order.SOURCE;
            case NONE -> Order.NONE;
        };
    }
}
