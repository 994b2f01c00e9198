package io.wasmpipes.adapter.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.pubsub.v1.DeadLetterPolicy;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.Subscription;
import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Limits;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PipeException;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Problems;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Sink;
import io.wasmpipes.Source;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;

/** A topic of the fake with a source and a sink, and what tests do with them. */
@Timeout(180)
abstract class PubSubEnds {
    static final Settlement RETRY = new Settlement.Retry(Duration.ZERO, new IllegalStateException("again"));
    static final Demand ANY = new Demand(100, 32L << 20, true, Duration.ofMillis(300));
    final PubSubFake fake = PubSubFake.one();
    final String name = "f" + fake.store().fresh();
    final String topic = "projects/p/topics/" + name;

    PubSubEnds() {
        fake.store().createTopic(topic);
    }

    void subscribe(boolean ordered, int maxAttempts) {
        Subscription.Builder subscription = Subscription.newBuilder()
                .setName("projects/p/subscriptions/" + name)
                .setTopic(topic)
                .setEnableMessageOrdering(ordered)
                .setAckDeadlineSeconds(10);
        if (maxAttempts > 0) {
            subscription.setDeadLetterPolicy(DeadLetterPolicy.newBuilder()
                    .setDeadLetterTopic(topic + "-dead")
                    .setMaxDeliveryAttempts(maxAttempts));
        }
        fake.store().createSubscription(subscription.build());
    }

    Endpoint endpoint(Endpoint.Role role, String options) {
        return Endpoint.parse(
                        role,
                        "THE_URI",
                        "gcppubsub://p/" + name + options,
                        Counterpart.variables(Map.of("PUBSUB_EMULATOR_HOST", "127.0.0.1:" + fake.port())),
                        new Problems())
                .orElseThrow();
    }

    static Context context() {
        return new Context("p", Limits.DEFAULT, Folders.fresh("pubsub"), InstantSource.system());
    }

    Sink sink(String options) throws PipeException {
        return new PubSubAdapter().sink(endpoint(Endpoint.Role.SINK, options), context());
    }

    Source source(String options) throws PipeException {
        return new PubSubAdapter().source(endpoint(Endpoint.Role.SOURCE, options), context());
    }

    static Message text(String body) {
        return Message.of(Bytes.utf8(body));
    }

    static List<Message> numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> text("m" + i)).toList();
    }

    void put(List<Message> messages) throws Exception {
        try (Sink sink = sink("")) {
            assertThat(sink.send(messages).await()).allMatch(o -> o instanceof Outcome.Confirmed);
        }
    }

    static List<Delivery> take(Source source, int count) throws Exception {
        List<Delivery> taken = new ArrayList<>();
        Await.until(count + " deliveries", () -> {
            taken.addAll(source.receive(ANY));
            return taken.size() >= count;
        });
        return taken;
    }

    static List<String> texts(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> d.message().body().utf8()).toList();
    }

    static List<Settled> all(List<Delivery> deliveries, Settlement how) {
        return deliveries.stream().map(d -> new Settled(d, how)).toList();
    }

    static PipeException failure(Outcome outcome) {
        return outcome instanceof Outcome.Failed(PipeException why) ? why : new PoisonException("it was confirmed");
    }

    PubsubMessage sent(String key) {
        return fake.store().published(topic).stream()
                .filter(packet -> packet.getOrderingKey().equals(key))
                .findFirst()
                .orElseThrow();
    }
}
