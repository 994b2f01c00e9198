package io.wasmpipes.adapter.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.pubsub.v1.DeadLetterPolicy;
import com.google.pubsub.v1.PubsubMessage;
import com.google.pubsub.v1.Subscription;
import io.grpc.Status;
import io.wasmpipes.Bytes;
import io.wasmpipes.Context;
import io.wasmpipes.Delivery;
import io.wasmpipes.Demand;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Header;
import io.wasmpipes.Headers;
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
import io.wasmpipes.TransientException;
import io.wasmpipes.contract.Counterpart;
import io.wasmpipes.support.Await;
import io.wasmpipes.support.Folders;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The mapping, literally, and what happens when Pub/Sub refuses. */
@Timeout(60)
class PubSubFailureTest {
    private static final Settlement RETRY = new Settlement.Retry(Duration.ZERO, new IllegalStateException("again"));
    private static final Demand ANY = new Demand(100, 32L << 20, true, Duration.ofMillis(300));

    private final PubSubFake fake = PubSubFake.one();
    private final String name = "f" + fake.fresh();
    private final String topic = "projects/p/topics/" + name;

    PubSubFailureTest() {
        fake.createTopic(topic);
    }

    private void subscribe(boolean ordered, int maxAttempts) {
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
        fake.createSubscription(subscription.build());
    }

    private Endpoint endpoint(Endpoint.Role role, String options) {
        return Endpoint.parse(
                        role,
                        "THE_URI",
                        "gcppubsub://p/" + name + options,
                        Counterpart.variables(Map.of("PUBSUB_EMULATOR_HOST", "127.0.0.1:" + fake.port())),
                        new Problems())
                .orElseThrow();
    }

    private static Context context() {
        return new Context("p", Limits.DEFAULT, Folders.fresh("pubsub"), InstantSource.system());
    }

    private Sink sink(String options) throws PipeException {
        return new PubSubAdapter().sink(endpoint(Endpoint.Role.SINK, options), context());
    }

    private Source source(String options) throws PipeException {
        return new PubSubAdapter().source(endpoint(Endpoint.Role.SOURCE, options), context());
    }

    private static Message text(String body) {
        return Message.of(Bytes.utf8(body));
    }

    private static List<Message> numbered(int count) {
        return IntStream.range(0, count).mapToObj(i -> text("m" + i)).toList();
    }

    private void put(List<Message> messages) throws Exception {
        try (Sink sink = sink("")) {
            assertThat(sink.send(messages).await()).allMatch(o -> o instanceof Outcome.Confirmed);
        }
    }

    private static List<Delivery> take(Source source, int count) throws Exception {
        List<Delivery> taken = new ArrayList<>();
        Await.until(count + " deliveries", () -> {
            taken.addAll(source.receive(ANY));
            return taken.size() >= count;
        });
        return taken;
    }

    private static List<String> texts(List<Delivery> deliveries) {
        return deliveries.stream().map(d -> d.message().body().utf8()).toList();
    }

    private static List<Settled> all(List<Delivery> deliveries, Settlement how) {
        return deliveries.stream().map(d -> new Settled(d, how)).toList();
    }

    private static PipeException failure(Outcome outcome) {
        return outcome instanceof Outcome.Failed(PipeException why) ? why : new PoisonException("it was confirmed");
    }

    @Test
    void headers_are_attributes_and_the_key_is_the_ordering_key() throws Exception {
        put(List.of(
                text("é")
                        .withHeaders(Headers.of(
                                List.of(Header.of("Ä b", "Grüße\n"), Header.of("x", "1"), Header.of("x", "2"))))
                        .withKey("k 1"),
                Message.of(Bytes.EMPTY)));
        PubsubMessage first = sent("k 1");
        assertThat(first.getAttributesMap()).containsExactlyInAnyOrderEntriesOf(Map.of("Ä b", "Grüße\n", "x", "2"));
        assertThat(first.getData().toStringUtf8()).isEqualTo("é");
        PubsubMessage empty = sent("");
        assertThat(empty.getAttributesMap()).containsExactlyEntriesOf(Map.of("wasmpipes-empty", "true"));
        assertThat(empty.getData().isEmpty()).isTrue();
    }

    private PubsubMessage sent(String key) {
        return fake.published(topic).stream()
                .filter(packet -> packet.getOrderingKey().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void what_arrives_has_the_id_the_time_and_the_key_of_its_message() throws Exception {
        subscribe(true, 0);
        put(List.of(text("x").withKey("k"), Message.of(Bytes.EMPTY)));
        try (Source source = source("")) {
            List<Delivery> taken = take(source, 2);
            Delivery keyed = taken.stream()
                    .filter(d -> "k".equals(d.message().key()))
                    .findFirst()
                    .orElseThrow();
            Delivery empty = taken.stream()
                    .filter(d -> d.message().key() == null)
                    .findFirst()
                    .orElseThrow();
            assertThat(keyed.message().id().value()).isEqualTo(sent("k").getMessageId());
            assertThat(keyed.message().time()).isNotNull();
            assertThat(keyed.orderKey()).isEqualTo("k");
            assertThat(empty.message().headers().isEmpty()).isTrue();
            assertThat(empty.orderKey()).isEqualTo(empty.message().id().value());
            assertThat(taken).allMatch(d -> d.attempt() == 1);
            source.settle(all(taken, Settlement.Done.SILENT));
        }
    }

    @Test
    void what_cannot_be_carried_is_poison_that_names_the_rule() throws Exception {
        Map<String, String> many = IntStream.range(0, 101).boxed().collect(Collectors.toMap(i -> "h" + i, i -> "v"));
        List<Message> messages = List.of(
                text("x").withHeaders(Headers.of(many)),
                text("x").withHeaders(Headers.of(Map.of("n".repeat(257), "v"))),
                text("x").withHeaders(Headers.of(Map.of("n", "v".repeat(1025)))),
                text("x").withHeaders(Headers.of(Map.of("Googly", "v"))),
                text("x").withHeaders(Headers.of(List.of(Header.of("n", Bytes.wrap(new byte[] {(byte) 0xff}))))),
                text("x").withKey("k".repeat(1025)),
                text("fine"));
        String[] words = {
            "101 attributes is above the 100",
            "257 bytes is above the 256",
            "1025 bytes is above the 1024",
            "goog*",
            "is no text",
            "1025 bytes is above the 1024 that an ordering key"
        };
        try (Sink sink = sink("")) {
            List<Outcome> outcomes = sink.send(messages).await();
            for (int i = 0; i < words.length; i++) {
                assertThat(failure(outcomes.get(i)))
                        .isInstanceOf(PoisonException.class)
                        .hasMessageContaining(words[i]);
            }
            assertThat(outcomes.getLast()).isInstanceOf(Outcome.Confirmed.class);
        }
    }

    @Test
    void of_a_request_that_is_refused_only_the_culprit_is_poison() throws Exception {
        List<Message> messages = new ArrayList<>(numbered(7));
        messages.set(3, text("bad").withHeaders(Headers.of(Map.of("poison", "yes"))));
        try (Sink sink = sink("")) {
            List<Outcome> outcomes = sink.send(messages).await();
            assertThat(failure(outcomes.get(3)))
                    .isInstanceOf(PoisonException.class)
                    .hasMessageContaining("not to Pub/Sub's liking");
            assertThat(outcomes.stream().filter(o -> o instanceof Outcome.Confirmed))
                    .hasSize(6);
        }
    }

    @Test
    void refusals_are_outages_that_say_what_is_wrong() throws Exception {
        Map<Status, String> told = new HashMap<>();
        told.put(Status.NOT_FOUND, "topic " + name + " of project p does not exist");
        told.put(Status.PERMISSION_DENIED.withDescription("no right"), "forbids it");
        told.put(Status.UNAUTHENTICATED.withDescription("who?"), "refuses the credentials");
        told.put(Status.UNAVAILABLE.withDescription("down"), "cannot be reached: UNAVAILABLE: down");
        told.put(Status.RESOURCE_EXHAUSTED.withDescription("quota"), "over its quota");
        try (Sink sink = sink("")) {
            for (Map.Entry<Status, String> each : told.entrySet()) {
                fake.refuse("Publish", each.getKey());
                assertThat(failure(sink.send(numbered(1)).await().getFirst()))
                        .isInstanceOf(TransientException.class)
                        .hasMessageContaining(each.getValue());
            }
            assertThat(sink.send(numbered(1)).await().getFirst()).isInstanceOf(Outcome.Confirmed.class);
        }
    }

    @Test
    void a_missing_subscription_is_told_at_connect_and_one_that_may_not_be_looked_at_works() throws Exception {
        try (Source source = source("-missing")) {
            assertThatThrownBy(source::connect).hasMessageContaining("does not exist");
        }
        subscribe(false, 0);
        put(numbered(1));
        fake.refuse("GetSubscription", Status.PERMISSION_DENIED);
        try (Source source = source("")) {
            source.settle(all(take(source, 1), Settlement.Done.SILENT));
        }
    }

    @Test
    void of_a_key_nothing_follows_a_message_that_has_failed() throws Exception {
        List<Message> messages =
                IntStream.range(0, 4).mapToObj(i -> text("m" + i).withKey("k")).toList();
        try (Sink sink = sink("?max_send_batch_size=1")) {
            sink.connect();
            fake.refuse("Publish", Status.UNAVAILABLE);
            assertThat(sink.send(messages).await()).noneMatch(o -> o instanceof Outcome.Confirmed);
            assertThat(fake.published(topic)).isEmpty();
            assertThat(sink.send(messages).await()).allMatch(o -> o instanceof Outcome.Confirmed);
            assertThat(fake.published(topic).stream().map(m -> m.getData().toStringUtf8()))
                    .containsExactly("m0", "m1", "m2", "m3");
        }
    }

    @Test
    void of_a_key_what_is_behind_a_message_that_is_handed_back_comes_again_after_it() throws Exception {
        subscribe(true, 0);
        put(List.of(text("a0").withKey("a"), text("a1").withKey("a"), text("b0").withKey("b"), text("c0")));
        try (Source source = source("")) {
            List<Delivery> taken = take(source, 4);
            Map<String, Delivery> byText = taken.stream()
                    .collect(Collectors.toMap(d -> d.message().body().utf8(), d -> d));
            source.settle(all(List.of(taken.get(texts(taken).indexOf("a0"))), RETRY));
            assertThat(byText.get("a1").live()).isFalse();
            assertThat(byText.get("b0").live()).isTrue();
            assertThat(byText.get("c0").live()).isTrue();
            assertThat(texts(take(source, 2))).containsExactly("a0", "a1");
        }
    }

    @Test
    void an_acknowledgement_that_is_not_heard_is_told_and_done_again() throws Exception {
        subscribe(false, 0);
        put(numbered(3));
        try (Source source = source("")) {
            List<Delivery> taken = take(source, 3);
            fake.refuse("Acknowledge", Status.UNAVAILABLE.withDescription("down"));
            List<Settled> settled = all(taken, Settlement.Done.SILENT);
            assertThatThrownBy(() -> source.settle(settled)).hasMessageContaining("down");
            assertThat(taken).allMatch(Delivery::live);
            source.settle(settled);
            assertThat(taken).noneMatch(Delivery::live);
        }
    }

    @Test
    void a_rejected_message_needs_a_dead_letter_policy() throws Exception {
        subscribe(false, 0);
        put(numbered(1));
        try (Source source = source("")) {
            List<Delivery> taken = take(source, 1);
            List<Settled> rejected = all(taken, new Settlement.Reject(new IllegalStateException("never")));
            assertThatThrownBy(() -> source.settle(rejected)).hasMessageContaining("has no dead-letter policy");
            assertThat(taken.getFirst().live()).isTrue();
        }
    }

    @Test
    void with_a_dead_letter_policy_deliveries_count_and_the_last_one_says_so() throws Exception {
        subscribe(false, 5);
        put(numbered(1));
        try (Source source = source("")) {
            for (int i = 1; i <= 5; i++) {
                List<Delivery> taken = take(source, 1);
                assertThat(taken.getFirst().attempt()).isEqualTo(i);
                assertThat(taken.getFirst().last()).isEqualTo(i == 5);
                source.settle(all(taken, RETRY));
            }
            Await.until("it is among the dead letters", () -> {
                assertThat(source.receive(ANY)).isEmpty();
                return fake.published(topic + "-dead").size() == 1;
            });
        }
    }

    @Test
    void with_nacklazy_a_retry_waits_for_the_ack_deadline() throws Exception {
        subscribe(false, 0);
        put(numbered(1));
        try (Source source = source("?nacklazy=true")) {
            List<Delivery> taken = take(source, 1);
            source.settle(all(taken, RETRY));
            assertThat(taken.getFirst().live()).isFalse();
            assertThat(source.receive(ANY)).isEmpty();
        }
    }
}
