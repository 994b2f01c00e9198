package io.wasmpipes.adapter.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.wasmpipes.Headers;
import io.wasmpipes.Message;
import io.wasmpipes.Outcome;
import io.wasmpipes.PoisonException;
import io.wasmpipes.Sink;
import io.wasmpipes.TransientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What happens when Pub/Sub refuses what is published. */
class PubSubSinkFailureTest extends PubSubEnds {
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
                    .as("confirmed of %s", outcomes)
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
    void of_a_key_nothing_follows_a_message_that_has_failed() throws Exception {
        List<Message> messages =
                IntStream.range(0, 4).mapToObj(i -> text("m" + i).withKey("k")).toList();
        try (Sink sink = sink("?max_send_batch_size=1")) {
            sink.connect();
            fake.refuse("Publish", Status.UNAVAILABLE);
            assertThat(sink.send(messages).await()).noneMatch(o -> o instanceof Outcome.Confirmed);
            assertThat(fake.store().published(topic)).isEmpty();
            assertThat(sink.send(messages).await()).allMatch(o -> o instanceof Outcome.Confirmed);
            assertThat(fake.store().published(topic).stream()
                            .map(m -> m.getData().toStringUtf8()))
                    .containsExactly("m0", "m1", "m2", "m3");
        }
    }
}
