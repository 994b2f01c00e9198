package io.wasmpipes.adapter.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.wasmpipes.Delivery;
import io.wasmpipes.Settled;
import io.wasmpipes.Settlement;
import io.wasmpipes.Source;
import io.wasmpipes.support.Await;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What becomes of deliveries of Pub/Sub that are handed back, rejected, or not acknowledged. */
class PubSubSourceFailureTest extends PubSubEnds {
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
                return fake.store().published(topic + "-dead").size() == 1;
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
