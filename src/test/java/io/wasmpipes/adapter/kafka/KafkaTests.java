package io.wasmpipes.adapter.kafka;

import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What the tests of this package share: ends of pipes, and records by the number. */
final class KafkaTests {
    static final Demand ANY = new Demand(1000, 32L << 20, true, Duration.ofMillis(300));
    private static final Context CONTEXT = new Context("p", Limits.DEFAULT, Path.of("."), InstantSource.system());

    private KafkaTests() {}

    static Endpoint endpoint(Endpoint.Role role, String uri, Map<String, String> values) {
        return Endpoint.parse(role, "THE_URI", uri, Counterpart.variables(values), new Problems())
                .orElseThrow();
    }

    static Source source(String uri, Map<String, String> values) throws Exception {
        return new KafkaAdapter().source(endpoint(Endpoint.Role.SOURCE, uri, values), CONTEXT);
    }

    static Sink sink(String uri, Map<String, String> values) throws Exception {
        return new KafkaAdapter().sink(endpoint(Endpoint.Role.SINK, uri, values), CONTEXT);
    }

    /** Receives until there are {@code count}, living through outages as a pipe does. */
    static List<Delivery> take(Source source, int count) throws Exception {
        List<Delivery> taken = new ArrayList<>();
        Await.until(count + " deliveries", () -> {
            try {
                taken.addAll(source.receive(ANY));
            } catch (TransientException e) {
                Thread.sleep(20);
            }
            return taken.size() >= count;
        });
        return taken;
    }

    static void settle(Source source, List<Delivery> deliveries, Settlement how) throws Exception {
        source.settle(deliveries.stream().map(d -> new Settled(d, how)).toList());
    }

    static void done(Source source, List<Delivery> deliveries) throws Exception {
        settle(source, deliveries, Settlement.Done.SILENT);
    }

    static Settlement retry(Duration delay) {
        return new Settlement.Retry(delay, new IllegalStateException("again"));
    }

    static List<ProducerRecord<byte[], byte[]>> records(String topic, String key, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> new ProducerRecord<>(topic, bytes(key), bytes("m" + i)))
                .toList();
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    static List<String> texts(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> d.message().body().utf8()).toList();
    }

    static Message message(String body) {
        return Message.of(Bytes.utf8(body));
    }
}
