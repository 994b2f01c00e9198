package io.wasmpipes.adapter.mqtt;

import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Ends of ours for tests. */
final class MqttEnds {
    static final Demand ANY = new Demand(1000, 32L << 20, true, Duration.ofMillis(300));

    private MqttEnds() {}

    static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> variables) {
        return Endpoint.parse(role, role + "_URI", uri, Counterpart.variables(variables), new Problems())
                .orElseThrow();
    }

    static Sink sink(String uri, Map<String, String> variables) throws Exception {
        return new MqttAdapter().sink(endpoint(Endpoint.Role.SINK, uri, variables), context(Limits.DEFAULT));
    }

    static Source source(String uri, Limits limits) throws Exception {
        return new MqttAdapter().source(endpoint(Endpoint.Role.SOURCE, uri, Map.of()), context(limits));
    }

    private static Context context(Limits limits) {
        return new Context("p", limits, Path.of("."), InstantSource.system());
    }

    static List<Delivery> take(Source source, int count) throws Exception {
        List<Delivery> taken = new ArrayList<>();
        Await.until(count + " deliveries", () -> {
            try {
                taken.addAll(source.receive(ANY));
            } catch (TransientException e) {
                // again
            }
            return taken.size() >= count;
        });
        return taken;
    }

    static void settle(Source source, List<Delivery> deliveries, Settlement how) throws Exception {
        source.settle(deliveries.stream().map(d -> new Settled(d, how)).toList());
    }

    static List<String> texts(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> d.message().body().utf8()).toList();
    }
}
