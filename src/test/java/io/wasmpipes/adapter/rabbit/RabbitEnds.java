package io.wasmpipes.adapter.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.TransientException;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.RabbitNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends of ours at a node, and the official client on the other side; queues and exchanges of fresh names. */
final class RabbitEnds implements AutoCloseable {
    static final Demand ANY = new Demand(1000, 32L << 20, true, Duration.ofMillis(300));
    static final Settlement AGAIN = new Settlement.Retry(Duration.ZERO, new IllegalStateException("again"));
    static final Settlement NEVER = new Settlement.Reject(new IllegalStateException("never"));

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String url;
    private final Connection connection;
    final Channel raw;

    RabbitEnds(RabbitNode node) throws Exception {
        this.url = node.url();
        this.connection = RabbitCounterpart.connection(node);
        this.raw = connection.createChannel();
        raw.confirmSelect();
    }

    static String name() {
        return "e" + NUMBER.incrementAndGet();
    }

    /** A durable queue of this type with these arguments; its name. */
    String queue(String type, Map<String, Object> arguments) throws Exception {
        Map<String, Object> all = new HashMap<>(arguments);
        all.put("x-queue-type", type);
        return raw.queueDeclare(name(), true, false, false, all).getQueue();
    }

    String queue() throws Exception {
        return queue("classic", Map.of());
    }

    /** A durable exchange of this type; its name. */
    String exchange(String type) throws Exception {
        String name = name();
        raw.exchangeDeclare(name, type, true);
        return name;
    }

    static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> variables) {
        return Endpoint.parse(role, role + "_URI", uri, Counterpart.variables(variables), new Problems())
                .orElseThrow();
    }

    Sink sink(String uri) throws Exception {
        return sink(uri, url);
    }

    static Sink sink(String uri, String url) throws Exception {
        return new RabbitAdapter()
                .sink(endpoint(Endpoint.Role.SINK, uri, Map.of("RABBIT_SERVER_URL", url)), context(Limits.DEFAULT));
    }

    Source source(String uri) throws Exception {
        return source(uri, Limits.DEFAULT);
    }

    Source source(String uri, Limits limits) throws Exception {
        return new RabbitAdapter()
                .source(endpoint(Endpoint.Role.SOURCE, uri, Map.of("RABBIT_SERVER_URL", url)), context(limits));
    }

    static Context context(Limits limits) {
        return new Context("p", limits, Path.of("."), InstantSource.system());
    }

    /** Publishes by way of the default exchange. */
    void put(String queue, AMQP.BasicProperties properties, byte[] body) throws Exception {
        raw.basicPublish("", queue, properties, body);
        raw.waitForConfirmsOrDie(10_000);
    }

    void put(String queue, String... bodies) throws Exception {
        for (String body : bodies) {
            raw.basicPublish("", queue, null, body.getBytes(StandardCharsets.UTF_8));
        }
        raw.waitForConfirmsOrDie(10_000);
    }

    /** What the official client gets next from a queue, acknowledged. */
    GetResponse next(String queue) throws Exception {
        GetResponse[] got = new GetResponse[1];
        Await.until("a message in " + queue, () -> (got[0] = raw.basicGet(queue, true)) != null);
        return got[0];
    }

    static Message message(String body, Header... headers) {
        return Message.of(Bytes.utf8(body)).withHeaders(Headers.of(List.of(headers)));
    }

    /** Receives until there are {@code count}; outages are lived through. */
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

    @Override
    public void close() {
        connection.abort(2000);
    }
}
