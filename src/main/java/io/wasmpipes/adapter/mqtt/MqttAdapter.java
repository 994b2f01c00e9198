package io.wasmpipes.adapter.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import io.wasmpipes.Adapter;
import io.wasmpipes.ConfigException;
import io.wasmpipes.Context;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Facts;
import io.wasmpipes.Problem;
import io.wasmpipes.Problems;
import io.wasmpipes.Promise;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * {@code mqtt://host:port/topic}: MQTT 5, or 3.1.1 with {@code version=3}. The key of what comes in is its topic. A source
 * keeps a session at the server, so that what is not acknowledged comes again.
 */
public final class MqttAdapter implements Adapter {
    @Override
    public Set<String> schemes() {
        return Set.of("mqtt", "mqtts");
    }

    @Override
    public boolean serves(Endpoint.Role role) {
        return role != Endpoint.Role.CACHE;
    }

    @Override
    public List<Problem> problems(Endpoint endpoint) {
        Problems problems = new Problems();
        MqttSettings.parse(endpoint, "pipe", problems);
        return problems.list();
    }

    @Override
    public Set<Promise> promises(Endpoint endpoint) {
        MqttSettings settings = MqttSettings.parse(endpoint, "pipe", new Problems());
        EnumSet<Promise> promises = EnumSet.noneOf(Promise.class);
        if (settings.version() == MqttSettings.NEWEST) {
            promises.addAll(Set.of(Promise.HEADERS, Promise.REPEATED_HEADERS));
        }
        if (endpoint.role() != Endpoint.Role.SOURCE) {
            promises.add(Promise.SENDS_IN_ORDER);
            return promises;
        }
        if (settings.redelivers()) {
            promises.add(Promise.REDELIVERS);
        }
        if (settings.ordered()) {
            promises.add(Promise.ORDERED);
        }
        return promises;
    }

    @Override
    public Facts facts(Endpoint endpoint) {
        if (endpoint.role() == Endpoint.Role.SOURCE) {
            return Facts.source(
                            "acknowledges",
                            "keeps it unacknowledged and delivers it again after the delay",
                            Facts.NO_PLACE)
                    .withLimits("what was published with quality 0 is never sent again");
        }
        MqttQos quality = MqttSettings.parse(endpoint, "pipe", new Problems()).qos();
        return Facts.sink(
                        quality == MqttQos.AT_MOST_ONCE
                                ? "it is written to the connection (qos=0)"
                                : "the server has acknowledged; whether it is on disk is the server's affair")
                .withLimits("what is above the server's largest packet is poison");
    }

    @Override
    public boolean meet(Endpoint sink, Endpoint source) {
        String topic = MqttSettings.parse(sink, "pipe", new Problems()).topic();
        String filter = MqttSettings.parse(source, "pipe", new Problems()).topic();
        List<String> names = List.of(topic.split("/", -1));
        List<String> wanted = List.of(filter.split("/", -1));
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i).equals("#")) {
                return true;
            }
            if (i >= names.size()
                    || !(wanted.get(i).equals("+") || wanted.get(i).equals(names.get(i)))) {
                return false;
            }
        }
        return names.size() == wanted.size();
    }

    @Override
    public Source source(Endpoint endpoint, Context context) throws ConfigException {
        return new MqttSource(settings(endpoint, context), context.limits());
    }

    @Override
    public Sink sink(Endpoint endpoint, Context context) throws ConfigException {
        return new MqttSink(settings(endpoint, context));
    }

    private static MqttSettings settings(Endpoint endpoint, Context context) throws ConfigException {
        Problems problems = new Problems();
        MqttSettings settings = MqttSettings.parse(endpoint, context.pipe(), problems);
        problems.throwIfAny();
        return settings;
    }
}
