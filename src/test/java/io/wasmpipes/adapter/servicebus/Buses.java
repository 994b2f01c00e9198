package io.wasmpipes.adapter.servicebus;

import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.PipeException;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.ServiceBusFake;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What tests of Service Bus share. */
final class Buses {
    static final Demand TEN = new Demand(10, 8 << 20, true, Duration.ofMillis(300));

    private Buses() {}

    static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> variables) {
        return Endpoint.parse(role, role + "_URI", uri, Counterpart.variables(variables), new Problems())
                .orElseThrow();
    }

    static Map<String, String> at(int port) {
        return Map.of("SERVICEBUS_CONNECTION_STRING", ServiceBusFake.connectionString(port, ServiceBusCounterpart.KEY));
    }

    private static Context context(Duration leaseMax) {
        Limits limits = new Limits(1000, 1 << 20, 1 << 20, 100, leaseMax);
        return new Context("p", limits, Path.of("."), InstantSource.system());
    }

    static Source source(int port, String uri) throws PipeException {
        return source(port, uri, Duration.ofHours(1));
    }

    static Source source(int port, String uri, Duration leaseMax) throws PipeException {
        return new ServiceBusAdapter().source(endpoint(Endpoint.Role.SOURCE, uri, at(port)), context(leaseMax));
    }

    static Sink sink(int port, String uri) throws PipeException {
        return new ServiceBusAdapter().sink(endpoint(Endpoint.Role.SINK, uri, at(port)), context(Duration.ofHours(1)));
    }

    static List<Delivery> take(Source source, int count) throws Exception {
        List<Delivery> taken = new ArrayList<>();
        Await.until(count + " deliveries", () -> {
            taken.addAll(source.receive(TEN));
            return taken.size() >= count;
        });
        return taken;
    }

    static List<String> bodies(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> d.message().body().utf8()).toList();
    }

    static void settle(Source source, Delivery delivery, Settlement how) throws Exception {
        source.settle(List.of(new Settled(delivery, how)));
    }
}
